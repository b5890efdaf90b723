#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/background_process.h"
#include "tests/support/temp_dir.h"

namespace test_support {

/// What a finished start showed its caller.
struct StartResult {
  int exit_code = -1;  ///< 128+n for a signal; -1: it did not end in time
  std::string out;
  std::string err;
};

/// What the stand-in JVM was given.
struct JvmRecord {
  bool complete = false;  ///< false: no JVM was executed
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string cwd;
  std::string stdin_bytes;
  std::vector<std::string> fds;  ///< "<number> <target>"
  std::string status;            ///< /proc/self/status
  std::string limits;
  std::string umask;
  pid_t pid = 0;
};

/// A node directory as an installation has it, with a server jar in name only and a stand-in JVM,
/// owned by the unprivileged user that starts it.
class StandInNode {
 public:
  explicit StandInNode(const std::string& version = "8.19.21");

  [[nodiscard]] std::filesystem::path home() const { return directory_ / "es"; }
  [[nodiscard]] std::filesystem::path config() const { return home() / "config"; }
  [[nodiscard]] std::filesystem::path jdk() const { return directory_ / "jdk"; }
  [[nodiscard]] std::filesystem::path log(const std::string& name) const {
    return directory_ / name;
  }

  /// What the JVM plays, see tests/stand_in/stand_in_java.cpp.
  void script(const std::string& lines);
  /// Writes a file of the node as its owner.
  void put(const std::filesystem::path& path, const std::string& text);

  /// The variables of the start; ES_JAVA_HOME, ES_TMPDIR, PATH and HOSTNAME are there already.
  std::map<std::string, std::string> environment;

  /// bin/esboot with these arguments as the node's user, not yet ended.
  [[nodiscard]] std::unique_ptr<BackgroundProcess> launch(
      const std::vector<std::string>& arguments, const std::function<void()>& before_exec = {});
  /// The same through a pipe on stdout (no terminal, no file), to its end.
  StartResult start(const std::vector<std::string>& arguments = {});
  /// The same on a terminal; `out` is all that it showed.
  StartResult start_on_terminal(const std::vector<std::string>& arguments = {}, int columns = 110);
  /// The command line that start() runs, for wrappers.
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& arguments) const;

  [[nodiscard]] JvmRecord record() const;
  void forget_record();

  /// Every path below config with mode, owner and content, to see that nothing changed.
  [[nodiscard]] std::map<std::string, std::string> snapshot() const;

 private:
  TempDir directory_;
};

/// The unprivileged user of tests that run as root; the caller itself where they do not.
[[nodiscard]] uid_t test_uid();
/// argv in front of a command to run it as that user.
[[nodiscard]] std::vector<std::string> as_test_user();
/// Gives a tree to that user.
void give_to_test_user(const std::filesystem::path& path);
/// The program under test: ESBOOT_PROGRAM where that is set, else that of this build.
[[nodiscard]] std::string esboot_binary();

}  // namespace test_support
