using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Gateway;
using Gatehouse.Gateway.Tokens;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Gatehouse.Tests.Spec.Token;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Spec.Gateway;

/// <summary>What was decided about is what the upstream gets: the same method, the same path, no more scope, no more bytes.</summary>
public sealed class BoundaryTests : IAsyncLifetime
{
    private const int Limit = 3 * 1024 * 1024;
    private const string Form = "application/x-www-form-urlencoded";

    private readonly TestNode _node = new() { Limits = new GatewayLimits { MaxRequestBody = Limit } };
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _token = await _node.ObtainTokenAsync(await _node.CreateApplicationAsync());
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Rfc(9110, "7.8"), Requirement("Gateway-03")]
    [InlineData("POST", "websocket")]
    [InlineData("POST", "SPDY/3.1")]
    [InlineData("GET", "websocket")]
    public async Task An_upgrade_is_not_passed_on_and_changes_no_method(string method, string protocol)
    {
        var status = await SendRawAsync(
            $"{method} /things HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {_token}\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{(method == "POST" ? "Content-Length: 0\r\n" : string.Empty)}\r\n");

        Assert.Equal(200, status);
        var call = Assert.Single(_node.Upstream.Calls);
        Assert.Equal(method, call.Method);
        Assert.False(call.Headers.ContainsKey("Upgrade"));
    }

    [Fact, Requirement("Gateway-03")]
    public async Task The_upstream_is_told_this_gateways_host_and_not_what_the_caller_calls_it()
    {
        using var answer = await _node.CallAsync("/things", _token, change: request => request.Headers.Host = "evil.example");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(new Uri(TestNode.ApiUrl).Authority, Assert.Single(_node.Upstream.Calls).Headers["X-Forwarded-Host"]);
    }

    [Fact, Rfc(9700, "2.3")]
    public async Task The_upstream_hears_the_scopes_of_its_API_alone()
    {
        var others = await _node.Founder.PublishAsync(_node.DescribeApi("others", _node.Upstream.Url));
        var draft = new ApplicationDraft("Of two APIs") { PlanIds = [_node.Things.Plans.First().Id, others.Plans.First().Id] };
        var created = (await _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, draft, ownerId: null, Actor.System)).Value!;
        await _node.SettleAsync();
        var token = await _node.ObtainTokenAsync(new(created.Application.ClientId, created.Secret.Reveal()), "things:read others:read");

        using var answer = await _node.CallAsync("/others", token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("others:read", Assert.Single(_node.Upstream.Calls).Headers["X-Gatehouse-Scope"]);
    }

    [Theory]
    [InlineData("/parcels/Export", 404)]
    [InlineData("/parcels/EXPORT/all", 404)]
    [InlineData("/parcels/export", 403)]
    [InlineData("/parcels/exports", 200)]
    [InlineData("/parcels/export/all", 200)]
    [InlineData("/parcels/reports/EXPORT", 404)]
    [InlineData("/parcels/REPORTS/export", 404)]
    [InlineData("/parcels/reports/export", 403)]
    [InlineData("/parcels/reports/exports", 200)]
    [InlineData("/parcels/Reports/7", 404)]
    [InlineData("/parcels/reports/7", 200)]
    [InlineData("/parcels/a%7Fb", 404)]
    public async Task A_name_in_other_letters_is_not_taken_for_a_parameter(string path, int status)
    {
        var api = _node.DescribeApi("parcels", _node.Upstream.Url);
        api.Operations.Clear();
        foreach (var (template, scope) in ((string, string)[])[("{id}", "read"), ("{id}/all", "read"), ("export", "write"), ("{kind}/{id}", "read"), ("reports/export", "write")])
            api.Operations.Add(new ApiOperation { Method = "GET", PathTemplate = "/parcels/" + template, Scope = "parcels:" + scope });
        var application = await _node.CreateApplicationAsync(await _node.Founder.PublishAsync(api));
        await _node.SettleAsync();

        using var answer = await _node.CallAsync(path, await _node.ObtainTokenAsync(application, "parcels:read"));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("/parcels/reports/export", 404)]
    [InlineData("/parcels/REPORTS/export", 403)]
    [InlineData("/parcels/REPORTS/7", 404)]
    [InlineData("/parcels/reports/7", 200)]
    public async Task Two_spellings_of_a_name_that_were_stored_before_they_were_refused_dodge_no_scope(string path, int status)
    {
        var draft = _node.DescribeApi("parcels", _node.Upstream.Url);
        draft.Operations.Clear();
        draft.Operations.Add(new ApiOperation { Method = "GET", PathTemplate = "/parcels/reports/{id}", Scope = "parcels:read" });
        var api = await _node.Founder.PublishAsync(draft);
        await using (var db = _node.Database.Open())
        {
            db.Add(new ApiOperation { ApiId = api.Id, Method = "GET", PathTemplate = "/parcels/REPORTS/export", Scope = "parcels:write" });
            await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        }
        await _node.Founder.PublishAsync(_node.DescribeApi("others", _node.Upstream.Url)); // Nodes read all of them again.
        var application = await _node.CreateApplicationAsync(api);
        await _node.SettleAsync();

        using var answer = await _node.CallAsync(path, await _node.ObtainTokenAsync(application, "parcels:read"));
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(Form, true)]
    [InlineData(Form, false)]
    [InlineData("text/plain", true)]
    [InlineData("text/plain", false)]
    public async Task A_body_below_the_limit_passes_whole_whatever_it_is(string type, bool isDeclared)
    {
        var length = isDeclared ? Limit : Limit - (64 * 1024); // The framing of chunks counts too.
        using var answer = await _node.CallAsync("/things", _token, HttpMethod.Post, new Filled(length, type, isDeclared));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(length, Assert.Single(_node.Upstream.Calls).Body.Length);
    }

    [Theory, Rfc(9110, "15.5.14")]
    [InlineData(Form)]
    [InlineData("text/plain")]
    [InlineData("application/grpc")]
    public async Task A_body_that_says_it_is_larger_is_413(string type)
    {
        using var answer = await _node.CallAsync("/things", _token, HttpMethod.Post, new Filled(Limit + 1, type, isDeclared: true),
            request => request.Headers.ExpectContinue = true); // Nothing of it is sent when it is not wanted.
        await answer.IsRefusedAsync(413, "body_too_large");
        Assert.Empty(_node.Upstream.Calls);
    }

    [Theory]
    [InlineData("text/plain", 1)]
    [InlineData(Form, 1)]
    [InlineData("application/grpc", 2)]
    public async Task A_body_that_grows_larger_never_arrives_whole(string type, int version)
    {
        var wholes = 0;
        _node.Upstream.Answer = async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
            wholes++;
        };
        HttpStatusCode? status = null;
        try
        {
            using var answer = await _node.CallAsync("/things", _token, HttpMethod.Post, new Filled(Limit + 1, type, isDeclared: false), request =>
            {
                request.Version = new Version(version, version == 1 ? 1 : 0);
                request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            });
            status = answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            // The connection was cut while the body was still on its way.
        }
        Assert.Equal(0, wholes);
        Assert.True(status is null or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.BadRequest, $"It was {status}.");
    }

    [Fact, Rfc(7009, "2.1")]
    public async Task What_is_revoked_while_a_body_is_waited_for_is_not_forwarded()
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        var body = new Asked(async () =>
        {
            await _node.Get<ApplicationOperations>().RevokeTokensAsync((await _node.FindAsync(application.ClientId)).Id, Actor.System);
            await _node.SettleAsync();
        });
        using var answer = await _node.CallAsync("/things", await _node.ObtainTokenAsync(application), HttpMethod.Post, body, request => request.Headers.ExpectContinue = true);
        await answer.IsRefusedAsync(401, "token_revoked");
        Assert.True(body.WasAsked);
        Assert.Empty(_node.Upstream.Calls);
    }

    [Theory, Rfc(6750, "3.1")]
    [InlineData("parcels:write", 403, "insufficient_scope")]
    [InlineData(null, 405, "wrong_method")]
    public async Task A_call_that_is_another_one_after_its_body_was_waited_for_is_decided_as_that(string? scope, int status, string code)
    {
        var api = await _node.Founder.PublishAsync(Describe("parcels:read"));
        var application = await _node.CreateApplicationAsync(api);
        await _node.SettleAsync();
        var body = new Asked(async () =>
        {
            await _node.Founder.PublishAsync(Describe(scope));
            await _node.SettleAsync();
        });
        using var answer = await _node.CallAsync(
            "/parcels", await _node.ObtainTokenAsync(application, "parcels:read"), HttpMethod.Post, body, request => request.Headers.ExpectContinue = true);
        await answer.IsRefusedAsync(status, code);
        Assert.True(body.WasAsked);
        Assert.Empty(_node.Upstream.Calls);

        Api Describe(string? needed)
        {
            var draft = _node.DescribeApi("parcels", _node.Upstream.Url);
            draft.Operations.Clear();
            draft.Operations.Add(new ApiOperation { Method = "GET", PathTemplate = "/parcels", Scope = "parcels:read" });
            if (needed is not null) draft.Operations.Add(new ApiOperation { Method = "POST", PathTemplate = "/parcels", Scope = needed });
            return draft;
        }
    }

    [Fact, Rfc(9449, "11.1")]
    public async Task A_proof_that_has_aged_while_a_body_was_waited_for_is_not_taken()
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        var client = new ProvingClient(_node);
        var answered = await client.ObtainAsync($"grant_type=client_credentials&client_id={application.ClientId}&client_secret={application.ClientSecret}");
        var token = (string)answered.Body["access_token"]!;
        var body = new Asked(() =>
        {
            _node.Clock.Advance(2 * UsedProofs.Lifetime); // By now the memory of what was used has forgotten it.
            return Task.CompletedTask;
        });
        using var answer = await _node.CallAsync("/things", token: null, HttpMethod.Post, body, request =>
        {
            request.Headers.ExpectContinue = true;
            request.Headers.TryAddWithoutValidation("Authorization", $"DPoP {token}");
            request.Headers.TryAddWithoutValidation("DPoP", client.Proof("POST", TestNode.ApiUrl + "/things", token));
        });
        await answer.IsRefusedAsync(401, "proof_not_fresh");
        Assert.True(body.WasAsked);
    }

    [Fact, Rfc(9449, "8.2")]
    public async Task The_nonce_that_is_offered_is_the_one_of_the_answer_however_long_the_body_took()
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        var client = new ProvingClient(_node);
        var answered = await client.ObtainAsync($"grant_type=client_credentials&client_id={application.ClientId}&client_secret={application.ClientSecret}");
        var token = (string)answered.Body["access_token"]!;
        // To the last seconds in which the nonce is taken: five before the end of the two minutes that follow its own.
        _node.Clock.Advance(TimeSpan.FromSeconds(240 - (_node.Clock.GetUtcNow().ToUnixTimeSeconds() % 120) - 5));
        var body = new Asked(() =>
        {
            _node.Clock.Advance(TimeSpan.FromSeconds(10));
            return Task.CompletedTask;
        });

        using var answer = await _node.CallAsync("/things", token: null, HttpMethod.Post, body, request =>
        {
            request.Headers.ExpectContinue = true;
            request.Headers.TryAddWithoutValidation("Authorization", $"DPoP {token}");
            request.Headers.TryAddWithoutValidation("DPoP", client.Proof("POST", TestNode.ApiUrl + "/things", token));
        });

        Assert.True(body.WasAsked);
        ProvingClient.IsRefused(answer, "use_dpop_nonce");
        Assert.Equal(_node.Get<DpopNonces>().Current, answer.Headers.GetValues("DPoP-Nonce").Single());
    }

    [Fact, Rfc(9449, "11.1")]
    public async Task A_proof_that_has_aged_while_the_store_was_asked_is_not_taken()
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        var client = new ProvingClient(_node);
        var answered = await client.ObtainAsync($"grant_type=client_credentials&client_id={application.ClientId}&client_secret={application.ClientSecret}");
        var token = (string)answered.Body["access_token"]!;
        await _node.Get<ApplicationOperations>().DescribeAsync((await _node.FindAsync(application.ClientId)).Id, "Changed", string.Empty, Actor.System);
        await _node.SettleAsync(); // Now the node has forgotten the application, and asks the store.
        using var moment = new DatabaseMoment(_node.Database, "FROM \"Applications\"", () =>
        {
            _node.Clock.Advance(2 * UsedProofs.Lifetime); // By now the memory of what was used has forgotten it.
            return Task.CompletedTask;
        });

        using var answer = await client.CallAsync(token, client.CallProof(token));

        Assert.True(moment.HasCome);
        await answer.IsRefusedAsync(401, "proof_not_fresh");
    }

    private async Task<int> SendRawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _node.Gateway.BaseAddress!.Port, TestContext.Current.CancellationToken);
#pragma warning disable CA5359 // The test's own server on the loopback.
        await using var tls = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("127.0.0.1");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        var line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>So many bytes of x, declared or not.</summary>
    private sealed class Filled : HttpContent
    {
        private readonly int _length;
        private readonly bool _isDeclared;

        public Filled(int length, string type, bool isDeclared)
        {
            (_length, _isDeclared) = (length, isDeclared);
            Headers.TryAddWithoutValidation("Content-Type", type);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var piece = Encoding.ASCII.GetBytes(new string('x', 64 * 1024));
            for (var left = _length; left > 0; left -= piece.Length)
                await stream.WriteAsync(piece.AsMemory(0, Math.Min(left, piece.Length)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return _isDeclared;
        }
    }

    /// <summary>A small form that is sent when the server asks for it, after something else has happened.</summary>
    private sealed class Asked : HttpContent
    {
        private readonly Func<Task> _first;

        public Asked(Func<Task> first)
        {
            _first = first;
            Headers.TryAddWithoutValidation("Content-Type", Form);
        }

        public bool WasAsked { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            WasAsked = true;
            await _first();
            await stream.WriteAsync("a=1"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 3;
            return true;
        }
    }
}
