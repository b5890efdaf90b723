// Linked into the program where it is built with sanitizers: tests give it an environment of their
// own, and its helpers have no stderr that a test reads. What is found goes to files; a process
// that may not be traced cannot look for its leaks, and the limits of the JVM are to be those of
// the caller.
#define SANITIZER_OPTIONS \
  "log_path=" ESBOOT_FINDINGS ":exitcode=99:detect_leaks=0:disable_coredump=0"

extern "C" const char* __asan_default_options();
extern "C" const char* __ubsan_default_options();

extern "C" const char* __asan_default_options() {
  return SANITIZER_OPTIONS;
}

extern "C" const char* __ubsan_default_options() {
  return SANITIZER_OPTIONS ":print_stacktrace=1";
}
