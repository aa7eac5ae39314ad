using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Bench.Peers.Limits;

/// <summary>
/// The least that a token endpoint on this platform can cost: the request is read to its end and looked at by nobody, the answer has the shape and
/// size of ours. With one ES256 signature per answer, or with one that was made at the start.
/// </summary>
internal sealed class TokenLimit
{
    private readonly TokenAnswer _answer;
    private readonly byte[]? _constant;
    private readonly string _length;

    private TokenLimit(PeerSettings settings, bool isSigning)
    {
        _answer = new TokenAnswer(settings);
        _length = _answer.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (isSigning) return;
        _constant = new byte[_answer.Length];
        _answer.Write(_constant);
    }

    public static Task RunConstantAsync(PeerSettings settings) =>
        BareKestrel.RunAsync(settings, new TokenLimit(settings, isSigning: false).AnswerAsync);

    public static Task RunSigningAsync(PeerSettings settings) =>
        BareKestrel.RunAsync(settings, new TokenLimit(settings, isSigning: true).AnswerAsync);

    private async Task AnswerAsync(IFeatureCollection features)
    {
        await DrainAsync(features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader);
        var headers = features.GetRequiredFeature<IHttpResponseFeature>().Headers;
        headers.ContentType = "application/json";
        headers.CacheControl = "no-store";
        headers[Microsoft.Net.Http.Headers.HeaderNames.ContentLength] = _length;
        var writer = features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
        Fill(writer);
        await writer.FlushAsync();
    }

    private void Fill(PipeWriter writer)
    {
        var target = writer.GetSpan(_answer.Length);
        if (_constant is null) _answer.Write(target);
        else _constant.CopyTo(target);
        writer.Advance(_answer.Length);
    }

    private static async ValueTask DrainAsync(PipeReader reader)
    {
        while (true)
        {
            var read = await reader.ReadAsync();
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}
