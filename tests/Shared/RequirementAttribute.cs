using Xunit.v3;

namespace Gatehouse.Tests;

/// <summary>The rows of <c>tests/Spec/Requirements/requirements.tsv</c> that a test holds; <c>docs/rfc/requirements.md</c> is made of these.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequirementAttribute(params string[] ids) : Attribute, ITraitAttribute
{
    public IReadOnlyCollection<string> Ids { get; } = ids;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [.. Ids.Select(id => new KeyValuePair<string, string>("Requirement", id))];
}
