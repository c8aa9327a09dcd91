// The tests start processes: one after another, they leave each other the machine's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
