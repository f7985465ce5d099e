/* The least that starting a process can cost. */
int main(void) { return 0; }
