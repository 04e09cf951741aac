// What Swift's runtime does at each start and nobody needs here: it reads the map of its own memory to find the words of
// the command line, and looks in eight places for a program that prints stacks. In a release, where that runtime is
// linked statically, this takes the place of both; glibc hands the words to every function that runs before `main`.
#ifdef LEVIATHAN_IS_RELEASE
#include <stdbool.h>

static int count;
static char **words;

__attribute__((constructor)) static void keep(int argc, char **argv, char **environment) {
    (void)environment;
    count = argc;
    words = argv;
}

char **_swift_stdlib_getUnsafeArgvArgc(int *length) {
    *length = count;
    return words;
}

// All of it zero: no stacks are printed. Longer than the runtime's own.
char _swift_backtraceSettings[1024];

bool _swift_backtrace_isThunkFunction(const char *name) {
    (void)name;
    return false;
}
#else
typedef int nothing;
#endif
