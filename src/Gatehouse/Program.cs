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
    AppsCommand.Create(),
    DoctorCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction usage) (usage.ShowHelp, usage.ShowTypoCorrections) = (false, false); // One line on standard error; --help tells the rest.
var exit = await parsed.InvokeAsync();
return parsed.Action is ParseErrorAction ? 2 : exit; // 1 is for what was asked rightly and refused.
