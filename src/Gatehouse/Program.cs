using System.CommandLine;
using Gatehouse.Demo;
using Gatehouse.Serve;

var root = new RootCommand("Gatehouse: OAuth 2.0 authorization server, developer portal and API gateway in one program.")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    InitCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
