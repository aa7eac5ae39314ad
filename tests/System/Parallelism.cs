// Each test drives several processes: two tests at a time fill two cores.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
