#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "launcher/version_table.h"
#include "tests/parity/outcome.h"
#include "tests/support/child_process.h"

namespace parity {

/// Placeholders and the paths of this run that they stand for.
using Places = std::vector<std::pair<std::string, std::string>>;

/// Where a start left its traces.
struct StartPlace {
  std::filesystem::path root;  ///< holds record/, see stand_in_java.cpp
  std::filesystem::path home;
  launcher::Version version;
  const Places& places;
  bool exact_stdout = false;
  bool on_terminal = false;  ///< then nobody can tell stdout from stderr
};

/// What the caller saw, what the server was given, and what is on disk now.
Outcome outcome_of(const StartPlace& place, const test_support::ChildResult& ended);

}  // namespace parity
