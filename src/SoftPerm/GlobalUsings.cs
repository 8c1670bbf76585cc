global using SoftPerm.Interop;
global using TorchSharp;
global using static SoftPerm.Held;
global using static TorchSharp.torch;
global using Tensor = TorchSharp.torch.Tensor;
