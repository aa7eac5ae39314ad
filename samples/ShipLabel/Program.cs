// Buys one shipping label from the demo: dotnet run --project samples/ShipLabel [demo.json]
using System.Net.Mime;
using System.Text;
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

const string Order = """
    {
      "from": { "name": "Ada Marsh", "street1": "48 Wharf Street", "city": "Portland", "state": "ME", "zip": "04101" },
      "to": { "name": "Leon Whitfield", "street1": "2190 Juniper Avenue", "city": "Boulder", "state": "CO", "zip": "80304" },
      "weight": { "value": 38.5, "unit": "oz" },
      "service": "ground"
    }
    """;
using var response = await api.PostAsync("/labels/domestic", new StringContent(Order, Encoding.UTF8, MediaTypeNames.Application.Json));
var body = await response.Content.ReadAsStringAsync();
if (!response.IsSuccessStatusCode)
{
    await Console.Error.WriteLineAsync($"No label: {(int)response.StatusCode} {body}");
    return 1;
}

var label = JsonNode.Parse(body)!;
Console.WriteLine($"Tracking number {label["tracking_number"]}, postage {label["postage"]!["amount"]} {label["postage"]!["currency"]}");
return 0;
