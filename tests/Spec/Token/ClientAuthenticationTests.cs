using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.Founding;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Token;

public sealed class ClientAuthenticationTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(6749, "5.2")]
    public async Task An_unknown_client_reads_the_same_as_a_wrong_secret()
    {
        var application = await node.CreateApplicationAsync();
        var wrong = await node.Auth.PostTokenAsync(TokenRequests.Form(application with { ClientSecret = "ghs_wrong" }));
        var unknown = await node.Auth.PostTokenAsync(TokenRequests.Form(new Credentials("0123456789abcdef0123456789abcdef", "ghs_wrong")));

        foreach (var answer in new[] { wrong, unknown })
        {
            answer.IsRefused(401, "invalid_client");
            answer.Body.Remove("trace_id");
        }
        Assert.Equal(wrong.Body.ToJsonString(), unknown.Body.ToJsonString());
        Assert.Equal(wrong.Headers.WwwAuthenticate.ToString(), unknown.Headers.WwwAuthenticate.ToString());
    }

    [Fact, Rfc(6749, "5.2"), Rfc(7617, "2"), Requirement("6749-58", "OAuth2.1-05")]
    public async Task A_refused_HTTP_Basic_is_answered_with_a_challenge()
    {
        var application = await node.CreateApplicationAsync();
        var answer = await node.Auth.PostTokenAsync("grant_type=client_credentials", request => request.UseBasic(application.ClientId, "wrong"));
        answer.IsRefused(401, "invalid_client");
        Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
    }

    [Theory, Rfc(6749, "2.3.1"), Requirement("6749-62")]
    [InlineData("Basic !!!")]
    [InlineData("Basic")]
    [InlineData("Basic bm8tY29sb24=")]
    [InlineData("Basic JTo=")]
    [InlineData("Bearer abc")]
    [InlineData("Digest username=x")]
    public async Task A_malformed_Authorization_header_is_refused(string header)
    {
        var answer = await node.Auth.PostTokenAsync(
            "grant_type=client_credentials", request => request.Headers.TryAddWithoutValidation("Authorization", header));
        answer.IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(6749, "2.3")]
    public async Task Two_methods_at_once_are_refused()
    {
        var application = await node.CreateApplicationAsync();
        var answer = await node.Auth.PostTokenAsync(
            TokenRequests.Form(application), request => request.UseBasic(application.ClientId, application.ClientSecret));
        answer.IsRefused(400, "invalid_request");
    }

    [Fact, Rfc(6749, "3.2.1")]
    public async Task A_client_id_in_the_body_must_be_that_of_the_header()
    {
        var application = await node.CreateApplicationAsync();
        void Basic(HttpRequestMessage request) => request.UseBasic(application.ClientId, application.ClientSecret);
        Assert.Equal(200, (await node.Auth.PostTokenAsync($"grant_type=client_credentials&client_id={application.ClientId}", Basic)).Status);
        (await node.Auth.PostTokenAsync("grant_type=client_credentials&client_id=another", Basic)).IsRefused(400, "invalid_request");
    }

    [Theory, Rfc(6749, "2.2"), Requirement("6749-09")]
    [InlineData("grant_type=client_credentials")]
    [InlineData("grant_type=client_credentials&client_id={0}")]
    [InlineData("grant_type=client_credentials&client_id={0}&client_secret=")]
    public async Task A_client_id_alone_is_no_authentication(string form)
    {
        var application = await node.CreateApplicationAsync();
        (await node.Auth.PostTokenAsync(form.Replace("{0}", application.ClientId, StringComparison.Ordinal))).IsRefused(401, "invalid_client");
    }

    [Fact]
    public async Task A_retired_secret_is_refused_and_the_owner_reads_why()
    {
        var application = await node.CreateApplicationAsync();
        await node.ObtainTokenAsync(application);
        var row = await node.FindAsync(application.ClientId);
        await node.Get<SecretOperations>().RetireAsync(row.Id, row.Secrets.Single().Id, Actor.System);
        await node.SettleAsync();

        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(application));

        answer.IsRefused(401, "invalid_client");
        var problem = await node.FindProblemAsync(answer.TraceId);
        Assert.Equal(("secret_retired", row.Id), (problem.Code, problem.ApplicationId));
        Assert.DoesNotContain(application.ClientSecret, problem.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_secret_is_refused_and_the_owner_reads_why()
    {
        var application = await node.CreateApplicationAsync();
        var id = (await node.FindAsync(application.ClientId)).Id;
        var added = await node.Get<SecretOperations>().AddAsync(id, "for an hour", node.Clock.GetUtcNow().AddHours(1), Actor.System);
        await node.SettleAsync();
        var shortLived = application with { ClientSecret = added.Value!.Secret.Reveal() };
        await node.ObtainTokenAsync(shortLived);
        node.Clock.Advance(TimeSpan.FromHours(1));

        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(shortLived));

        answer.IsRefused(401, "invalid_client");
        Assert.Equal("secret_expired", (await node.FindProblemAsync(answer.TraceId)).Code);
        await node.ObtainTokenAsync(application);
    }

    [Fact]
    public async Task A_retired_application_is_refused()
    {
        var application = await node.CreateApplicationAsync();
        await node.Get<ApplicationOperations>().RetireAsync((await node.FindAsync(application.ClientId)).Id, Actor.System);
        await node.SettleAsync();
        (await node.Auth.PostTokenAsync(TokenRequests.Form(application))).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(6749, "5.2")]
    public async Task A_grant_that_the_application_is_not_allowed_is_refused()
    {
        var application = await node.CreateApplicationAsync();
        await ChangeAsync(application.ClientId, row => row.GrantTypes = []);
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(application));
        answer.IsRefused(400, "unauthorized_client");
        Assert.Equal("grant_not_allowed", (await node.FindProblemAsync(answer.TraceId)).Code);
    }

    [Fact, Rfc(6749, "2.3"), Requirement("6749-05")]
    public async Task A_method_that_the_application_is_not_registered_for_is_refused()
    {
        var application = await node.CreateApplicationAsync();
        await ChangeAsync(application.ClientId, row => row.TokenEndpointAuthMethod = TokenEndpointAuthMethods.ClientSecretBasic);
        (await node.Auth.PostTokenAsync(TokenRequests.Form(application))).IsRefused(401, "invalid_client");
        var basic = await node.Auth.PostTokenAsync("grant_type=client_credentials", request => request.UseBasic(application.ClientId, application.ClientSecret));
        Assert.Equal(200, basic.Status);
    }

    [Fact]
    public async Task An_application_without_an_approved_contract_obtains_nothing()
    {
        var created = await node.Get<ApplicationOperations>().CreateAsync(
            node.Organization.Id, new ApplicationDraft("Without a contract"), ownerId: null, Actor.System);
        var credentials = new Credentials(created.Value!.Application.ClientId, created.Value.Secret.Reveal());
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(credentials));
        answer.IsRefused(400, "invalid_scope");
        Assert.Equal("no_approved_contract", (await node.FindProblemAsync(answer.TraceId)).Code);
    }

    [Fact, Requirement("6749-07")]
    public async Task Repeated_wrong_secrets_are_slowed_and_a_good_client_beside_them_is_not()
    {
        var attacked = await node.CreateApplicationAsync();
        var beside = await node.CreateApplicationAsync();
        var guess = TokenRequests.Form(attacked with { ClientSecret = "ghs_guess" });
        for (var i = 0; i < FailureThrottle.FreeFailures; i++) (await node.Auth.PostTokenAsync(guess)).IsRefused(401, "invalid_client");

        var slowed = await node.Auth.PostTokenAsync(guess);

        slowed.IsRefused(429, "invalid_client");
        Assert.InRange(slowed.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await node.ObtainTokenAsync(attacked);
        await node.ObtainTokenAsync(beside);
        node.Clock.Advance(TimeSpan.FromSeconds(1));
        (await node.Auth.PostTokenAsync(guess)).IsRefused(401, "invalid_client");
        (await node.Auth.PostTokenAsync(guess)).IsRefused(429, "invalid_client");
    }

    [Fact]
    public async Task A_stranger_cannot_push_an_applications_own_problems_out_of_sight()
    {
        var application = await node.CreateApplicationAsync();
        var withoutSecret = $"grant_type=client_credentials&client_id={application.ClientId}";
        for (var i = 0; i < 2 * FailureThrottle.FreeFailures; i++) (await node.Auth.PostTokenAsync(withoutSecret)).IsRefused(401, "invalid_client");
        var own = await node.Auth.PostTokenAsync(TokenRequests.Form(application, "&scope=unheard"));

        Assert.Equal("scope_not_contracted", (await node.FindProblemAsync(own.TraceId)).Code); // Written after those before it.
        var id = (await node.FindAsync(application.ClientId)).Id;
        await using var db = node.Database.Open();
        Assert.Equal(FailureThrottle.FreeFailures, await db.Problems.CountAsync(row => row.ApplicationId == id && row.Code == "no_credentials"));
    }

    [Fact]
    public async Task While_the_store_is_away_a_known_application_goes_on_and_an_unknown_one_is_told_to_wait()
    {
        await using var lonely = new TestNode();
        await lonely.InitializeAsync();
        var known = await lonely.CreateApplicationAsync();
        var unasked = await lonely.CreateApplicationAsync();
        await lonely.ObtainTokenAsync(known);
        await using (var db = lonely.Database.Open()) await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Applications\" RENAME TO \"Away\"");

        var answer = await lonely.Auth.PostTokenAsync(TokenRequests.Form(unasked));

        answer.IsRefused(503, "temporarily_unavailable");
        Assert.NotNull(answer.Headers.RetryAfter);
        await lonely.ObtainTokenAsync(known);
    }

    private async Task ChangeAsync(string clientId, Action<Application> change)
    {
        await using var db = node.Database.Open();
        var row = await db.Applications.SingleAsync(application => application.ClientId == clientId);
        change(row);
        db.Changes.Add(new Change { Kind = ChangeKind.Application, Subject = clientId, At = node.Clock.GetUtcNow() });
        await db.SaveChangesAsync();
        await node.SettleAsync();
    }
}
