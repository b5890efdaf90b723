#include "tests/parity/parity_node.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <stdexcept>

#include "base/secret.h"
#include "base/text.h"
#include "keystore/keystore.h"
#include "tests/parity/recorded_start.h"
#include "tests/support/child_process.h"
#include "tests/support/memory_group.h"
#include "tests/support/stand_in_node.h"

namespace parity {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void run_quietly(const std::vector<std::string>& argv) {
  const auto done = test_support::run_child({argv, "", {}, "/"});
  if (done.exit_code != 0) throw std::runtime_error(argv.front() + ": " + done.err);
}

/// The node directory of one run.
class ParityNode {
 public:
  ParityNode(const ParityCase& parity_case, const Distribution& distribution)
      : case_(parity_case),
        distribution_(distribution),
        places_({{"{home}", home().string()},
                 {"{jdk}", distribution.jdk.string()},
                 {"{tmp}", (root_ / "tmp").string()},
                 {"{root}", root_.path().string()}}) {
    chmod(root_.path().c_str(), 0755);
    unpack();
    write_keystore();
    for (const Preparation& each : case_.preparations) prepare(each);
    std::ofstream(root_ / "script") << case_.script;
    test_support::give_to_test_user(root_.path());
    for (const Preparation& each : case_.preparations)
      if (each.kind == Preparation::Kind::kMode)
        chmod(path_of(each.path).c_str(), static_cast<mode_t>(std::stoi(each.text, nullptr, 8)));
  }

  Outcome start(Launcher launcher) {
    const std::string name = launcher == Launcher::kStock ? "/elasticsearch" : "/esboot";
    std::vector<std::string> argv{"/usr/bin/timeout", "60"};
    std::unique_ptr<test_support::MemoryGroup> group;
    if (case_.is_limited()) {
      group = test_support::MemoryGroup::make(case_.outer_memory, case_.memory);
      if (!group) throw std::runtime_error("no control group can be made");
      for (const std::string& word : group->wrapper()) argv.push_back(word);
    }
    if (case_.on_terminal)
      for (const std::string& word : terminal_wrapper()) argv.push_back(word);
    for (const std::string& word : test_support::as_test_user()) argv.push_back(word);
    argv.insert(argv.end(), {"env", "-i"});
    for (const auto& [key, value] : environment()) argv.push_back(key + "=" + value);
    argv.push_back(filled_in(case_.program) + name);
    for (const std::string& argument : case_.arguments) argv.push_back(filled_in(argument));
    const auto done = test_support::run_child({argv, case_.input, {}, filled_in(case_.directory)});
    return outcome_of({root_.path(), home(), distribution_.version, places_, case_.exact_stdout,
                       case_.on_terminal},
                      done);
  }

 private:
  [[nodiscard]] fs::path home() const { return root_ / "es"; }

  [[nodiscard]] std::string filled_in(std::string text) const {
    for (const auto& [mark, path] : places_)
      for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos; at += path.size())
        text.replace(at, mark.size(), path);
    return text;
  }

  [[nodiscard]] fs::path path_of(const std::string& path) const {
    const std::string filled = filled_in(path);
    return filled.starts_with('/') ? fs::path(filled) : home() / filled;
  }

  [[nodiscard]] std::map<std::string, std::string> environment() const {
    std::map<std::string, std::string> variables{
        {"PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"},
        {"HOSTNAME", "parity-host"},
        {"LC_ALL", "C.UTF-8"},
        {"ES_TMPDIR", (root_ / "tmp").string()},
        {"ESBOOT_STAND_IN", root_.path().string()},
        // Keeps what the stock JVMs leave behind out of /tmp, and makes them quicker.
        {"CLI_JAVA_OPTS",
         "-Djava.io.tmpdir=" + (root_ / "tmp").string() + " -XX:TieredStopAtLevel=1"}};
    if (!case_.bundled_jdk) variables["ES_JAVA_HOME"] = distribution_.jdk.string();
    for (const auto& [name, value] : case_.environment) variables[name] = filled_in(value);
    for (const std::string& name : case_.unset) variables.erase(name);
    return variables;
  }

  /// Runs the rest of the command line on a terminal of its own and types the secret once.
  [[nodiscard]] std::vector<std::string> terminal_wrapper() const {
    const fs::path file = root_ / "script.exp";
    std::ofstream(file) << "set timeout 55\nlog_user 0\n"
                           "spawn -noecho {*}$argv\n"
                           "expect {\n"
                           "  -re {(?i)assword|passphrase} { after 200; send {"
                        << case_.typed
                        << "}; send \"\\r\"; expect eof }\n"
                           "  eof {}\n}\n"
                           "exit [lindex [wait] 3]\n";
    return {"/usr/bin/expect", "-f", file.string(), "--"};
  }

  /// What a start reads and never changes is linked; bin and config are copies.
  void unpack() {
    fs::create_directories(home());
    for (const char* const name : {"data", "logs", "plugins"}) fs::create_directory(home() / name);
    fs::create_directory(root_ / "tmp");
    for (const char* const name : {"bin", "config"})
      fs::copy(distribution_.home / name, home() / name, fs::copy_options::recursive);
    for (const char* const name : {"lib", "modules"})
      fs::create_directory_symlink(distribution_.home / name, home() / name);
    fs::copy_file(test_support::esboot_binary(), home() / "bin/esboot");
    if (case_.bundled_jdk) fs::create_directory_symlink(distribution_.jdk, home() / "jdk");
    std::ofstream(home() / "config/elasticsearch.yml") << filled_in(case_.yml);
    if (case_.distribution_type.empty()) return;
    const fs::path script = home() / "bin/elasticsearch-env";
    const std::string text =
        std::regex_replace(content(script), std::regex("ES_DISTRIBUTION_TYPE=\\w+"),
                           "ES_DISTRIBUTION_TYPE=" + case_.distribution_type);
    std::ofstream(script) << text;
  }

  void write_keystore() const {
    if (!case_.has_keystore) return;
    keystore::Entries entries;
    entries["keystore.seed"] = base::Secret::copy_of("12345678901234567890");
    entries["some.secret"] = base::Secret::copy_of("the value");
    for (const auto& [name, value] : case_.secrets) entries[name] = base::Secret::copy_of(value);
    const int format = launcher::facts_for(distribution_.version).value().facts->keystore_format;
    const auto sealed =
        keystore::seal(entries, base::Secret::copy_of(case_.keystore_passphrase), format);
    const auto bytes = keystore::serialize(sealed.value());
    std::ofstream(home() / "config/elasticsearch.keystore", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

  void prepare(const Preparation& each) const {
    const fs::path path = path_of(each.path);
    switch (each.kind) {
      case Preparation::Kind::kFile:
        fs::create_directories(path.parent_path());
        std::ofstream(path) << filled_in(each.text);
        break;
      case Preparation::Kind::kDirectory:
        fs::create_directories(path);
        break;
      case Preparation::Kind::kLink:
        fs::create_directories(path.parent_path());
        fs::create_symlink(filled_in(each.text), path);
        break;
      case Preparation::Kind::kRemove:
        fs::remove_all(path);
        break;
      case Preparation::Kind::kMode:
        break;  // after the owner is set
    }
  }

  const ParityCase& case_;
  const Distribution& distribution_;
  test_support::TempDir root_;
  Places places_;
};

}  // namespace

RecordingJdk::RecordingJdk(const fs::path& jdk) {
  chmod(directory_.path().c_str(), 0755);
  const fs::path copy = home();
  try {
    run_quietly({"/usr/bin/cp", "-al", jdk.string(), copy.string()});
  } catch (const std::runtime_error&) {
    fs::remove_all(copy);
    run_quietly({"/usr/bin/cp", "-a", jdk.string(), copy.string()});
  }
  fs::rename(copy / "bin/java", copy / "bin/java.real");
  fs::copy_file(std::string(ESBOOT_BINARY_DIR) + "/tests/stand_in_java", copy / "bin/java");
}

Outcome run_case(const ParityCase& parity_case, const Distribution& distribution,
                 Launcher launcher) {
  return ParityNode(parity_case, distribution).start(launcher);
}

}  // namespace parity
