using Xunit.v3;

namespace Gatehouse.Tests.Spec;

/// <summary>The section that a test holds the program to; <c>docs/rfc/index.md</c> is made of these.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RfcAttribute(int number, string section) : Attribute, ITraitAttribute
{
    public int Number { get; } = number;

    public string Section { get; } = section;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("RFC", $"{Number} §{Section}")];
}
