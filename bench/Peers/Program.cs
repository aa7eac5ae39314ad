using Gatehouse.Bench.Peers;
using Gatehouse.Bench.Peers.Limits;
using Gatehouse.Bench.Peers.Products;

var settings = PeerSettings.Read(args);
Func<PeerSettings, Task> run = settings.Mode switch
{
    "constant" => TokenLimit.RunConstantAsync,
    "sign" => TokenLimit.RunSigningAsync,
    "yarp" => ForwardLimit.RunAsync,
    "yarp-verify" => ForwardLimit.RunVerifyingAsync,
    "yarp-routed" => YarpGateway.RunOpenAsync,
    "yarp-jwtbearer" => YarpGateway.RunGuardedAsync,
    "openiddict-degraded" => OpenIddictDegraded.RunAsync,
    "openiddict-ef" => OpenIddictWithStore.RunAsync,
    "openiddict-paths" => OpenIddictPaths.RunAsync,
    _ => throw new ArgumentException($"There is no mode '{settings.Mode}'."),
};
await run(settings);
