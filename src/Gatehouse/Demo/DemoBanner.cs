namespace Gatehouse.Demo;

/// <summary>What the demo prints when it answers requests: the page's two commands, ready to paste.</summary>
internal static class DemoBanner
{
    public static string Compose(DemoFile demo, string file) => $$"""

        Gatehouse is ready.

          Portal   {{demo.PortalUrl}}
                   {{demo.Developer.Email}}  {{demo.Developer.Password}}
          Gateway  {{demo.ApiUrl}}
          Details  {{file}}

        1. Get your authorization token

        curl --cacert '{{demo.CaFile}}' -d "grant_type=client_credentials\
        &client_id={{demo.ClientId}} \
        &client_secret={{demo.ClientSecret}}" \
        {{demo.TokenEndpoint}}

        2. Use it in an API call (put the access_token in place of YOUR_ACCESS_TOKEN)

        curl --cacert '{{demo.CaFile}}' -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' \
        -H 'Content-Type: application/json' -d '{{SampleLabel.Json}}' \
        '{{demo.ApiUrl}}/labels/domestic'

        Ctrl+C ends it.
        """;
}

/// <summary>A request body that buys a label.</summary>
internal static class SampleLabel
{
    public const string Json =
        """{"from":{"name":"Ada Marsh","street1":"48 Wharf Street","city":"Portland","state":"ME","zip":"04101"}"""
        + ""","to":{"name":"Leon Whitfield","street1":"2190 Juniper Avenue","city":"Boulder","state":"CO","zip":"80304"}"""
        + ""","weight":{"value":12,"unit":"oz"},"service":"ground"}""";
}
