using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>An API that understands authorization details of two types, beside the things API, which understands one.</summary>
internal static class Payments
{
    public const string Resource = TestNode.ApiUrl + "/payments";
    public const string Title = "Pay once from your account";
    public const string Thing = """{"type":"thing_use","identifier":"7"}""";
    public const string Account = """{"type":"account_access","actions":["read","list"]}""";

    private const string PaymentSchema = """
        {"type":"object","required":["amount","creditor"],"additionalProperties":false,"properties":{
          "type":{"const":"payment"},"locations":{"type":"array"},"amount":{"$ref":"#/$defs/amount"},
          "creditor":{"type":"string","title":"Paid to","maxLength":140},"reference":{"type":"string","pattern":"^(R+)+[0-9]*$"}},
         "$defs":{"amount":{"type":"object","required":["currency","value"],"additionalProperties":false,"properties":{
          "currency":{"enum":["EUR","USD"]},"value":{"type":"string","pattern":"^\\d{1,9}(\\.\\d{2})?$"}}}}}
        """;

    public static string Payment(string value = "12.50", string creditor = "Ada") =>
        new JsonObject { ["type"] = "payment", ["amount"] = new JsonObject { ["currency"] = "EUR", ["value"] = value }, ["creditor"] = creditor }.ToJsonString();

    public static string List(params string[] objects) => $"[{string.Join(',', objects)}]";

    /// <summary>The parameter in a form.</summary>
    public static string Parameter(params string[] objects) => "&authorization_details=" + Uri.EscapeDataString(List(objects));

    /// <summary>Publishes both.</summary>
    public static async Task<Api> PublishAsync(TestNode node, params string[] resourceServers)
    {
        var things = node.DescribeApi("things", node.Upstream.Url);
        things.DetailsTypes.Add(new ApiDetailsType { Type = "thing_use", Title = "Use one thing", Schema = """{"type":"object","required":["identifier"]}""" });
        things.ResourceServers = [.. resourceServers];
        await node.Founder.PublishAsync(things);
        var payments = node.DescribeApi("payments", node.Upstream.Url);
        payments.DetailsTypes.Add(new ApiDetailsType { Type = "payment", Title = Title, Schema = PaymentSchema });
        payments.DetailsTypes.Add(new ApiDetailsType { Type = "account_access", Title = "See your accounts", Schema = """{"type":"object"}""" });
        payments.Operations.Add(new ApiOperation { Method = "DELETE", PathTemplate = "/payments/{id}" });
        payments = await node.Founder.PublishAsync(payments);
        await node.SettleAsync();
        return payments;
    }

    /// <summary>An application with contracts for both that may use the types, and all grants.</summary>
    public static Task<CodeFlow> CreateFlowAsync(TestNode node, Api payments, string email = "dana@example.org", Func<ApplicationDraft, ApplicationDraft>? change = null) =>
        CodeFlow.CreateAsync(node, email: email, change: draft =>
        {
            draft = draft with
            {
                PlanIds = [.. draft.PlanIds, payments.Plans.First().Id], AuthorizationDetailsTypes = ["payment", "account_access", "thing_use"],
                GrantTypes = [.. draft.GrantTypes, GrantType.ClientCredentials, GrantType.DeviceCode],
            };
            return change is null ? draft : change(draft);
        });

    /// <summary>The details of an answer or of claims, without blanks; null when there are none.</summary>
    public static string? DetailsOf(JsonObject holder) => holder["authorization_details"]?.ToJsonString();

    public static string? DetailsOf(TokenAnswer answer)
    {
        Assert.Equal(200, answer.Status);
        var claims = TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1]);
        Assert.Equal(DetailsOf(answer.Body), DetailsOf(claims));
        return DetailsOf(claims);
    }
}
