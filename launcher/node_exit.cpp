#include "launcher/node_exit.h"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace launcher {
namespace {

constexpr int kSignalBase = 128;

struct Meaning {
  int code;
  std::string_view text;
};

constexpr std::array kMeanings{
    Meaning{1, "the node refused to start or failed; its log says why"},
    Meaning{3, "the JVM ran out of heap (-XX:+ExitOnOutOfMemoryError)"},
    Meaning{78, "a bootstrap check failed, or the configuration is wrong; the log says which"},
    Meaning{126, "the JVM cannot be executed"},
    Meaning{127, "the JVM was not found, or the node ran out of memory"},
    Meaning{kSignalBase + SIGHUP, "ended by SIGHUP"},
    Meaning{kSignalBase + SIGINT, "ended by SIGINT"},
    Meaning{kSignalBase + SIGABRT,
            "the JVM aborted; look for hs_err_pid*.log in the logs directory"},
    Meaning{kSignalBase + SIGBUS, "killed by SIGBUS; a file system may be full or gone"},
    Meaning{kSignalBase + SIGKILL,
            "killed by SIGKILL; where nobody did it, by the kernel for want of memory: compare "
            "the heap with the memory limit"},
    Meaning{kSignalBase + SIGSEGV,
            "the JVM crashed; look for hs_err_pid*.log in the logs directory"},
    Meaning{kSignalBase + SIGTERM, "ended by SIGTERM"},
    Meaning{kSignalBase + SIGSYS, "a system call filter does not allow what the JVM needs"}};

}  // namespace

int exit_code_of_status(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : kSignalBase + WTERMSIG(wait_status);
}

std::string_view meaning_of_node_exit(int exit_code) {
  const auto* const found =
      std::find_if(kMeanings.begin(), kMeanings.end(),
                   [&](const Meaning& meaning) { return meaning.code == exit_code; });
  return found == kMeanings.end() ? std::string_view() : found->text;
}

bool is_asked_for(int exit_code) {
  return exit_code == 0 || exit_code == kSignalBase + SIGTERM ||
         exit_code == kSignalBase + SIGINT || exit_code == kSignalBase + SIGHUP;
}

}  // namespace launcher
