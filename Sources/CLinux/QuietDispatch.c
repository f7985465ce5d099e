// libdispatch wakes a process once a second to see whether the threads of its pool are blocked, and to start more where
// they are. tokend's work that blocks has threads of its own, so there is nothing to see, and a daemon that sleeps should
// sleep. The release is linked with `--wrap` for these two functions of libdispatch, by which its worker threads enter
// and leave that supervision: it never begins.

void __wrap__dispatch_workq_worker_register(void *queue) {
    (void)queue;
}

void __wrap__dispatch_workq_worker_unregister(void *queue) {
    (void)queue;
}
