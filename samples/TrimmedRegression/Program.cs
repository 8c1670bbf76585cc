using SoftPerm.Samples.TrimmedRegression;
using static SoftPerm.Held;
using static TorchSharp.torch;

// A line through points of which a third are far off: least squares against least trimmed squares.
using var scope = NewDisposeScope();
using var generator = new Generator(1);
var x = linspace(-1, 1, 60).unsqueeze(-1);
var y = x.mul(Number(2)).Plus(0.5).Plus(randn(60, 1, generator: generator).mul(Number(0.1)));
y[TensorIndex.Slice(40)] -= 10;                                             // what went wrong
Report("least squares        ", Line.Fit(x, y, errors => errors.mean()));
Report("least trimmed squares", Line.Fit(x, y, errors => TrimmedLoss.Of(errors, kept: 36)));

static void Report(string name, (double Slope, double Offset) line) =>
    Console.WriteLine($"{name}: y = {line.Slope:f2} x + {line.Offset:f2}    (true: 2.00 x + 0.50)");
