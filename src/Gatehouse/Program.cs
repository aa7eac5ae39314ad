using System.CommandLine;
using System.CommandLine.Invocation;
using Gatehouse.CommandLine;
using Gatehouse.Demo;
using Gatehouse.Diagnosis;
using Gatehouse.Serve;

var root = new RootCommand("Gatehouse: OAuth 2.0 authorization server, developer portal and API gateway in one program.")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    InitCommand.Create(),
    KeysCommand.Create(),
    AppsCommand.Create(),
    DoctorCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    // One line; --help tells the rest.
    var what = parsed.UnmatchedTokens is [var first, ..] ? $"There is no '{first}' here." : parsed.Errors[0].Message;
    await Console.Error.WriteLineAsync($"gatehouse: {what} See: gatehouse --help");
    return 2; // 1 is for what was asked rightly and refused.
}
// A node drains at its own pace (SignalLifetime); left alone, the parser would end the process two seconds after a signal.
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
