#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace test_support {

/// Two control groups, one in the other, that limit the memory of what runs in the inner one. Both
/// versions of the kernel's interface will do.
class MemoryGroup {
 public:
  /// A limit of 0 is none. nullptr where this machine does not let the caller make such groups.
  static std::unique_ptr<MemoryGroup> make(std::uint64_t outer_bytes, std::uint64_t inner_bytes);
  ~MemoryGroup();
  MemoryGroup(const MemoryGroup&) = delete;
  MemoryGroup& operator=(const MemoryGroup&) = delete;

  /// argv in front of a command to run it in the inner group.
  [[nodiscard]] std::vector<std::string> wrapper() const;

 private:
  explicit MemoryGroup(std::filesystem::path outer) : outer_(std::move(outer)) {}
  [[nodiscard]] std::filesystem::path inner() const { return outer_ / "inner"; }

  std::filesystem::path outer_;
};

}  // namespace test_support
