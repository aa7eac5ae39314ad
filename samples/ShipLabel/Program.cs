// Buys one shipping label from the demo: dotnet run --project samples/ShipLabel [demo.json]
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Client;

var demo = JsonNode.Parse(File.ReadAllText(args.FirstOrDefault("./data/demo.json")))!;
using var api = AccessTokenHandler.CreateHttpClient(new AccessTokenOptions
{
    TokenEndpoint = new Uri((string)demo["token_endpoint"]!),
    ClientId = (string)demo["client_id"]!,
    ClientSecret = new ClientSecret((string)demo["client_secret"]!),
    ApiOrigins = [new Uri((string)demo["api_url"]!)],
    TrustedCertificateAuthority = TrustedCertificateAuthority.FromPemFile((string)demo["ca_file"]!),
});
using var response = await api.PostAsJsonAsync("/labels/domestic", new
{
    from = new { name = "Ada Marsh", street1 = "48 Wharf Street", city = "Portland", state = "ME", zip = "04101" },
    to = new { name = "Leon Whitfield", street1 = "2190 Juniper Avenue", city = "Boulder", state = "CO", zip = "80304" },
    weight = new { value = 38.5, unit = "oz" },
    service = "ground",
});
var body = await response.Content.ReadFromJsonAsync<JsonNode>();
Console.WriteLine(response.IsSuccessStatusCode
    ? $"Tracking number {body!["tracking_number"]}, postage {body["postage"]!["amount"]} {body["postage"]!["currency"]}"
    : $"No label: {body}");
return response.IsSuccessStatusCode ? 0 : 1;
