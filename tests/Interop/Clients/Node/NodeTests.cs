namespace Gatehouse.Tests.Interop.Clients.Node;

/// <summary>openid-client for Node.js.</summary>
public sealed class OpenIdClientTests(OpenIdClient client) : IClassFixture<OpenIdClient>
{
    public static TheoryData<string> Flows => [.. Library.Named(Library.OpenIdClient).Passes];

    [Theory, MemberData(nameof(Flows))]
    public Task It_goes_through(string flow) => client.PassedAsync(flow);

    [Fact]
    public Task It_goes_through_what_is_in_the_table_and_nothing_else() => client.SaidOnlyAsync(Library.OpenIdClient);
}

/// <summary>oauth4webapi, on which the former is built, step by step.</summary>
public sealed class OAuth4WebApiTests(OAuth4WebApi client) : IClassFixture<OAuth4WebApi>
{
    public static TheoryData<string> Flows => [.. Library.Named(Library.OAuth4WebApi).Passes];

    [Theory, MemberData(nameof(Flows))]
    public Task It_goes_through(string flow) => client.PassedAsync(flow);

    [Fact]
    public Task It_goes_through_what_is_in_the_table_and_nothing_else() => client.SaidOnlyAsync(Library.OAuth4WebApi);
}

/// <summary>The MCP SDK's client and an MCP server of the same SDK, with the gateway between them.</summary>
public sealed class McpSdkTests(McpSdk client) : IClassFixture<McpSdk>
{
    public static TheoryData<string> Flows => [.. Library.Named(Library.McpSdk).Passes];

    [Theory, MemberData(nameof(Flows))]
    public Task It_goes_through(string flow) => client.PassedAsync(flow);

    [Fact]
    public Task It_goes_through_what_is_in_the_table_and_nothing_else() => client.SaidOnlyAsync(Library.McpSdk);
}
