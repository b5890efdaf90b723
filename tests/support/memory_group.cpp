#include "tests/support/memory_group.h"

#include <unistd.h>

#include <array>
#include <fstream>

#include "tests/support/background_process.h"

namespace test_support {

namespace fs = std::filesystem;

namespace {

/// Where groups with a limit are made, and the file that holds it (cgroups(7)).
struct Hierarchy {
  const char* root;
  const char* limit;
};
constexpr std::array kHierarchies{Hierarchy{"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
                                  Hierarchy{"/sys/fs/cgroup", "memory.max"}};

bool write_to(const fs::path& path, const std::string& text) {
  std::ofstream out(path);
  out << text;
  out.flush();
  return out.good();
}

bool limit_to(const fs::path& file, std::uint64_t bytes) {
  return fs::exists(file) && (bytes == 0 || write_to(file, std::to_string(bytes)));
}

}  // namespace

std::unique_ptr<MemoryGroup> MemoryGroup::make(std::uint64_t outer_bytes,
                                               std::uint64_t inner_bytes) {
  static int number = 0;
  const std::string name =
      "esboot-test-" + std::to_string(getpid()) + "-" + std::to_string(number++);
  for (const Hierarchy& hierarchy : kHierarchies) {
    std::error_code error;
    std::unique_ptr<MemoryGroup> group(new MemoryGroup(fs::path(hierarchy.root) / name));
    if (!fs::create_directory(group->outer_, error)) continue;
    if (fs::exists(group->outer_ / "cgroup.subtree_control"))
      write_to(group->outer_ / "cgroup.subtree_control", "+memory");
    if (fs::create_directory(group->inner(), error) &&
        limit_to(group->outer_ / hierarchy.limit, outer_bytes) &&
        limit_to(group->inner() / hierarchy.limit, inner_bytes))
      return group;
  }
  return nullptr;
}

MemoryGroup::~MemoryGroup() {
  // A relay may take a moment to end after its node.
  for (const fs::path& each : {inner(), outer_})
    eventually([&] { return rmdir(each.c_str()) == 0 || !fs::exists(each); });
}

std::vector<std::string> MemoryGroup::wrapper() const {
  return {"/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", (inner() / "cgroup.procs").string()};
}

}  // namespace test_support
