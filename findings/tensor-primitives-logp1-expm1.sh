#!/usr/bin/env bash
# System.Numerics.Tensors 10.0.0 on .NET 10: TensorPrimitives.LogP1 and ExpM1 (and double.LogP1, double.ExpM1 behind them).
# Natural guess: like log1p and expm1 of C, NumPy and PyTorch they are accurate near 0, which is what these functions are for.
# What happens: they compute log(x + 1) and exp(x) - 1 as written. Of 1e-20 both are 0, of 1e-10 eight digits are lost.
# Why it hurts: a loss or a gradient made of them (softplus, log-sum-exp, the log of a complement, a Gumbel variable's tail) is 0 or noise
# for confident predictions, in code that was ported line by line from NumPy and looks right.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >finding.csproj <<'EOF'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="System.Numerics.Tensors" Version="[10.0.0]" />
  </ItemGroup>
</Project>
EOF
cat >Program.cs <<'EOF'
using System.Numerics.Tensors;

double[] x = [1e-20, 1e-10], log = new double[2], exp = new double[2];
TensorPrimitives.LogP1<double>(x, log);
TensorPrimitives.ExpM1<double>(x, exp);
// To seventeen digits log(1 + 1e-10) is 9.9999999995e-11 and exp(1e-10) - 1 is 1.00000000005e-10; of 1e-20 both are 1e-20.
double[] trueLog = [1e-20, 9.9999999995e-11], trueExp = [1e-20, 1.00000000005e-10];
var surprising = true;
for (var k = 0; k < x.Length; k++)
{
    double ofLog = Math.Abs(log[k] / trueLog[k] - 1), ofExp = Math.Abs(exp[k] / trueExp[k] - 1);
    Console.WriteLine($"x = {x[k]}: LogP1 {log[k]:R} (relative error {ofLog:g2}), ExpM1 {exp[k]:R} (relative error {ofExp:g2})");
    surprising &= ofLog > 1e-9 && ofExp > 1e-9;
}

return surprising ? 0 : 1;
EOF
dotnet run --configuration Release || { echo "It is as one would guess now: this finding has ended." >&2; exit 1; }
