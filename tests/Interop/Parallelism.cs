using Gatehouse.Tests.Interop.House;

// One program for all clients; and of the clients two at a time, which fills two cores.
[assembly: AssemblyFixture(typeof(RunningHouse))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
