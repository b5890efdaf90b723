#include "tests/parity/recorded_start.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

#include "base/text.h"
#include "tests/support/server_args_decoder.h"

namespace parity {
namespace {

namespace fs = std::filesystem;
using test_support::ServerArgsLayout;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> nul_separated(const std::string& bytes) {
  auto parts = base::split(bytes, '\0');
  if (!parts.empty()) parts.pop_back();
  return parts;
}

ServerArgsLayout layout_of(const launcher::Version& version) {
  if (version < launcher::Version{8, 4, 0}) return ServerArgsLayout::kPassword;
  if (version < launcher::Version{8, 13, 0}) return ServerArgsLayout::kSecrets;
  return ServerArgsLayout::kSecretsAndLogs;
}

class Collector {
 public:
  Collector(const StartPlace& place, const test_support::ChildResult& ended)
      : place_(place), ended_(ended) {}

  Outcome collect() {
    add("exit", std::to_string(ended_.exit_code));
    if (place_.exact_stdout) add("stdout text", ended_.out);
    if (!place_.on_terminal) {
      add("stdout", ended_.out.empty() ? "silent" : "spoke");
      add("stderr", ended_.err.empty() ? "silent" : "spoke");
    }
    const fs::path record = place_.root / "record";
    add("jvm", fs::exists(record / "complete") ? "started" : "not started");
    if (fs::exists(record / "complete")) {
      for (const std::string& element : nul_separated(content(record / "argv")))
        add("argv", element);
      for (const std::string& variable : nul_separated(content(record / "environ"))) {
        const std::size_t equals = variable.find('=');
        add("env " + variable.substr(0, equals), variable.substr(equals + 1));
      }
      add("cwd", content(record / "cwd"));
      add("umask", content(record / "umask"));
      add_server_args(content(record / "stdin"));
      add_agent_file(content(record / "agent"));
    }
    add_files();
    return std::move(outcome_);
  }

 private:
  void add(const std::string& name, std::string value) {
    static const std::regex random_temp(R"((\{tmp\}|/tmp)/elasticsearch-[A-Za-z0-9]+)");
    static const std::regex random_agent(R"(\.elstcapm\.[A-Za-z0-9]+\.tmp)");
    for (const auto& [mark, path] : place_.places)
      for (std::size_t at = 0; (at = value.find(path, at)) != std::string::npos;)
        value.replace(at, path.size(), mark);
    value = std::regex_replace(value, random_temp, "{new temp}");
    outcome_.add(name, std::regex_replace(value, random_agent, "{agent file}"));
  }

  void add_server_args(const std::string& bytes) {
    const auto args = test_support::decode_server_args(bytes, layout_of(place_.version));
    if (!args) return add("args", "not ServerArgs, " + std::to_string(bytes.size()) + " bytes");
    add("args daemonize", args->daemonize ? "yes" : "no");
    add("args quiet", args->quiet ? "yes" : "no");
    add("args pid file", args->pid_file);
    add("args keystore password", args->keystore_password);
    add("args keystore format", std::to_string(args->keystore_format));
    add("args has passphrase", args->has_passphrase ? "yes" : "no");
    add("args data block", args->has_data_block ? "yes" : "no");
    for (const auto& [name, value] : args->secrets)
      add("args secret " + name, name == "keystore.seed" ? "(random)" : value);
    for (const auto& [key, values] : args->settings) {
      std::string text;
      for (const std::string& value : values) text += "[" + value + "]";
      add("args setting " + key, text);
    }
    add("args config directory", args->config_directory);
    add("args logs directory", args->logs_directory);
  }

  /// Java properties without their comments, one of which is a date.
  void add_agent_file(const std::string& text) {
    for (const std::string& line : base::split(text, '\n'))
      if (!line.empty() && !line.starts_with('#'))
        add("agent file " + line.substr(0, line.find('=')), line);
  }

  /// Type, mode and owner of everything below the node that is not part of the distribution.
  void add_files() {
    std::vector<fs::path> paths;
    for (auto at = fs::recursive_directory_iterator(place_.root); at != fs::end(at); ++at) {
      const std::string name = at->path().lexically_relative(place_.root).string();
      if (name == "record" || name == "es/bin" || name == "tmp") at.disable_recursion_pending();
      if (name == "record" || name.starts_with("script") || name.starts_with("tmp/")) continue;
      paths.push_back(at->path());
    }
    std::sort(paths.begin(), paths.end());
    for (const fs::path& path : paths) {
      struct stat status{};
      lstat(path.c_str(), &status);
      char mode[16];
      snprintf(mode, sizeof mode, "%o", status.st_mode);
      add("file " + path.lexically_relative(place_.root).string(),
          std::string(mode) + " " + std::to_string(status.st_uid) + ":" +
              std::to_string(status.st_gid));
    }
  }

  const StartPlace& place_;
  const test_support::ChildResult& ended_;
  Outcome outcome_;
};

}  // namespace

Outcome outcome_of(const StartPlace& place, const test_support::ChildResult& ended) {
  return Collector(place, ended).collect();
}

}  // namespace parity
