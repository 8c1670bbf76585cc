using SoftPerm;
using static TorchSharp.torch;

using var scope = NewDisposeScope();
var scores = tensor(new[] { 0.3f, 2.1f, -1.0f }, requires_grad: true);    // three items
using var p = new NeuralSort(temperature: 0.5).Relax(scores);             // sorted softly, largest first
var values = tensor(new[] { 10f, 20f, 30f }).reshape(3, 1);
Console.WriteLine($"sorted   {string.Join("  ", p.Apply(values).data<float>())}");   // P̂ X, near 20 10 30
Console.WriteLine($"top 2    {string.Join("  ", p.TopK(2).data<float>())}");         // membership of each item
Console.WriteLine($"order    {string.Join("  ", p.Order().data<long>())}");          // the exact sort: 1 0 2
p.CrossEntropy(tensor(new long[] { 2, 0, 1 })).backward();                // ask for another order …
Console.WriteLine($"gradient {string.Join("  ", scores.grad!.data<float>())}");      // … and learn which way to move
