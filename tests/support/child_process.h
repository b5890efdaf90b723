#pragma once

#include <map>
#include <string>
#include <vector>

namespace test_support {

struct ChildRequest {
  std::vector<std::string> argv;                   ///< argv[0] is the path of the program
  std::string input;                               ///< all of its stdin
  std::map<std::string, std::string> environment;  ///< added to, or replacing, the test's own
  std::string directory = ".";
};

struct ChildResult {
  int exit_code = -1;  ///< 128 + signal where a signal ended it; -1 where it could not be started
  std::string out;
  std::string err;
};

/// Runs a program to its end and collects what it wrote.
[[nodiscard]] ChildResult run_child(const ChildRequest& request);

}  // namespace test_support
