// Learning to select from choices that others made: samples/LearnedSelection, in F#. A jury picks the 3 best of 10 items by one direction of
// their 4 features, with moods: noise on each score. The network sees features and choices alone. Its membership of an item is the probability
// that the jury picks it, so it must find the direction and, by its temperature, how moody the jury is.
open SoftPerm
open type SoftPerm.Held
open TorchSharp
open type TorchSharp.torch

/// Scores items and says of each how surely it is among the k best. What it learns: by which features, and how surely.
type Selector(features: int64, k: int64) as this =
    inherit nn.Module<Tensor, Tensor>("Selector")

    let scorer = nn.Linear(features, 1L, hasBias = false)
    let temperature = new LearnedTemperature(initial = 1.0)
    let choice = new SoftTopK(k, LapSum(temperature))
    do this.RegisterComponents()

    /// What a feature counts, a vector of length 1: how sharp the choice is remains to the temperature.
    member _.Direction = nn.functional.normalize (scorer.weight.squeeze 0L, dim = 0L)

    member _.Temperature = temperature.Value

    override this.forward items = choice.forward (items.matmul this.Direction)

/// Adam (Kingma and Ba 2015), whose numbers are held while libtorch reads them: docs/torchsharp-and-the-collector.md.
type Adam(parameters: seq<Modules.Parameter>) =
    let states = [ for w in parameters -> w, torch.zeros_like w, torch.zeros_like w ]
    let mutable steps = 0.0

    /// Moves the parameters against their gradients, in the current dispose scope.
    member _.Step(rate: float) =
        use _ = no_grad ()
        steps <- steps + 1.0

        for weights, mean, squares in states do
            let gradient = nonNull weights.grad
            mean.mul_(Number 0.9).add_(gradient, Number 0.1) |> ignore
            squares.mul_(Number 0.999).add_(gradient.Squared(), Number 0.001) |> ignore
            let size = squares.div(Number(1.0 - 0.999 ** steps)).sqrt().Plus(1e-8)
            weights.sub_(mean.mul(Number(rate / (1.0 - 0.9 ** steps))).div size) |> ignore

let learn (moodiness: float) =
    use scope = NewDisposeScope()
    use generator = new Generator(1UL)
    let taste = tensor [| 0.6f; 0f; -0.8f; 0f |]
    use model = new Selector(features = 4L, k = 3L)
    let optimizer = Adam(model.parameters ())
    let mutable loss = 0f

    for step in 0.0..299.0 do
        use inner = NewDisposeScope()
        let items = randn (128L, 10L, 4L, generator = generator)
        let liking = items.matmul(taste).Plus(randn(128L, 10L, generator = generator).mul (Number moodiness))
        let picked = Soft.TopK(liking, 3L, ExactSort()).Membership
        let error = model.forward(items).sub(picked).Squared().mean ()
        loss <- error.item<float32> ()
        model.zero_grad ()
        error.backward ()
        optimizer.Step(0.05 * (1.0 - step / 300.0)) // large steps first, small ones to settle

    let direction = model.Direction.data<float32>().ToArray() |> Array.map (sprintf "%.2f") |> String.concat "  "
    printfn $"moodiness %.1f{moodiness}: temperature %.2f{model.Temperature.item<float32> ()}, direction {direction}, loss %.3f{loss}"

[<EntryPoint>]
let main _ =
    LibTorch.Load() // before anything of torch: in C# the package does it
    List.iter learn [ 0.1; 0.5; 1.5 ]
    0
