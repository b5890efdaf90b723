#pragma once

#include <filesystem>
#include <string>

#include "launcher/version_table.h"
#include "tests/parity/outcome.h"
#include "tests/parity/parity_case.h"
#include "tests/support/temp_dir.h"

namespace parity {

/// A JDK whose bin/java records a server and runs everything else for real. A whole copy, of hard
/// links where they can be: a JVM would find its home through a symbolic one.
class RecordingJdk {
 public:
  explicit RecordingJdk(const std::filesystem::path& jdk);
  [[nodiscard]] std::filesystem::path home() const { return directory_ / "jdk"; }

 private:
  test_support::TempDir directory_;
};

/// One version of the real distribution, and the JDK that starts it.
struct Distribution {
  launcher::Version version;
  std::filesystem::path home;
  std::filesystem::path jdk;  ///< a recording one
};

enum class Launcher { kStock, kEsboot };

/// Prepares a node for the case, starts it and collects what happened. Paths of this one run are
/// replaced by placeholders, so that two runs can be compared.
Outcome run_case(const ParityCase& parity_case, const Distribution& distribution,
                 Launcher launcher);

}  // namespace parity
