using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Bench.Micro;

/// <summary>The pieces of a token request.</summary>
public class Issuing
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private InnerNode _node = null!;
    private ApplicationRegistry _registry = null!;
    private ClientAuthenticator _authenticator = null!;
    private ClientSecretVault _vault = null!;
    private TokenIssuer _issuer = null!;
    private JwtSigner _signer = null!;
    private RegisteredApplication _application = null!;
    private AccessTokenClaims _claims = null!;
    private byte[] _form = [];
    private byte[] _payload = [];

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _node = await InnerNode.StartAsync();
        (_registry, _authenticator) = (_node.Get<ApplicationRegistry>(), _node.Get<ClientAuthenticator>());
        (_vault, _issuer, _signer) = (_node.Get<ClientSecretVault>(), _node.Get<TokenIssuer>(), _node.Get<JwtSigner>());
        _form = Encoding.ASCII.GetBytes(_node.Form);
        _application = (await _registry.FindAsync(_node.Application.ClientId)).Value!;
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        _claims = new AccessTokenClaims
        {
            Issuer = InnerNode.Issuer, Audience = [InnerNode.Resource],
            Subject = _node.Application.ClientId, ClientId = _node.Application.ClientId,
            Scope = ScopeSet.Of(InnerNode.Scope), IssuedAt = now, ExpiresAt = now + 86_399, TokenId = AccessTokenClaims.NewTokenId(),
        };
        Write_the_claims();
        _payload = _buffer.WrittenSpan.ToArray();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _node.DisposeAsync();

    [Benchmark]
    public FormBody Parse_the_form()
    {
        FormBody.TryParse(_form, out var form, out _);
        return form;
    }

    [Benchmark]
    public ValueTask<Lookup<RegisteredApplication>> Find_the_application() => _registry.FindAsync(_node.Application.ClientId);

    [Benchmark]
    public byte Compute_the_verifier_of_a_secret()
    {
        Span<byte> verifier = stackalloc byte[32];
        _vault.ComputeVerifier(_node.Application.ClientSecret, verifier);
        return verifier[0];
    }

    [Benchmark]
    public ValueTask<ClientAuthenticationResult> Parse_the_form_and_authenticate() =>
        _authenticator.AuthenticateAsync(null, Parse_the_form(), null, default);

    [Benchmark]
    public string Make_a_token_id() => AccessTokenClaims.NewTokenId();

    [Benchmark]
    public int Write_the_claims()
    {
        _buffer.ResetWrittenCount();
        _claims.WriteTo(_buffer);
        return _buffer.WrittenCount;
    }

    [Benchmark]
    public byte[] Sign_the_claims() => _signer.Sign("at+jwt", _payload);

    [Benchmark]
    public ValueTask<byte[]> Issue_the_token()
    {
        var content = new TokenContent(_application, _application.ClientId, _claims.Scope, _claims.Audience, 86_399)
        {
            IssuedAt = _issuer.DateOf(_application),
        };
        return _issuer.IssueAsync(content, default);
    }
}
