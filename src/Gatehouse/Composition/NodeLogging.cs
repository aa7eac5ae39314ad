namespace Gatehouse.Composition;

/// <summary>Logs go to standard error, so that standard output stays for people and scripts.</summary>
internal static class NodeLogging
{
    public static void Configure(ILoggingBuilder logging, NodeOptions options)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(options.LogLevel > LogLevel.Warning ? options.LogLevel : LogLevel.Warning);
        logging.AddFilter("Gatehouse", options.LogLevel);
        // While it is on, an activity and a scope are made for each request (2 µs), for log lines that this program writes at no level.
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // A line for each connection beyond the limit would be one more way to keep a flooded node busy.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Error);
        // A refused database command is reported by whoever asked for it, with what that means.
        logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None);
        // Forwarding errors are the gateway's refusals, logged there with their trace id.
        logging.AddFilter("Yarp", LogLevel.Error);
    }
}
