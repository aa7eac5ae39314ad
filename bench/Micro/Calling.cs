using System.Text;
using BenchmarkDotNet.Attributes;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tokens;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;

namespace Gatehouse.Bench.Micro;

/// <summary>The pieces of an API call.</summary>
public class Calling
{
    private InnerNode _node = null!;
    private AccessTokenVerifier _verifier = null!;
    private TokenFacts _facts = null!;
    private RouteTable _routes = null!;
    private string _token = string.Empty;
    private string _path = string.Empty;

    /// <summary>Published calls.</summary>
    [Params(1, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _node = await InnerNode.StartAsync(Routes);
        (_facts, _routes) = (_node.Get<TokenFacts>(), _node.Get<RouteTable>());
        _verifier = _node.Get<VerificationKeys>().Follow(new AccessTokenVerifier(InnerNode.Issuer, TimeProvider.System));
        var application = (await _node.Get<ApplicationRegistry>().FindAsync(_node.Application.ClientId)).Value!;
        var issuer = _node.Get<TokenIssuer>();
        var content = new TokenContent(application, application.ClientId, ScopeSet.Of(InnerNode.Scope), [InnerNode.Resource], 86_399)
        {
            IssuedAt = issuer.DateOf(application),
        };
        _token = Encoding.ASCII.GetString(await issuer.IssueAsync(content, default));
        _path = $"/labels{Routes / 2}/domestic";
        AccessTokenFailure[] failures = [Find_a_token_that_is_known(), Verify_a_token_that_is_new()];
        if (Match_the_route().Route is null || failures.Any(failure => failure != AccessTokenFailure.None))
            throw new InvalidOperationException("What is measured does not work.");
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _node.DisposeAsync();

    [Benchmark]
    public RouteMatch Match_the_route() => _routes.Match("GET", _path);

    [Benchmark]
    public AccessTokenFailure Find_a_token_that_is_known() => _facts.Find(_token, out _);

    [Benchmark]
    public AccessTokenFailure Verify_a_token_that_is_new() => _verifier.Verify(_token, out _);
}
