using System.CommandLine;
using Gatehouse.Demo;

var root = new RootCommand("Gatehouse: OAuth 2.0 authorization server, developer portal and API gateway in one program.")
{
    DemoCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
