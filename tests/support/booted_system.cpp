#include "tests/support/booted_system.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <sstream>

#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"

namespace test_support {
namespace {

namespace fs = std::filesystem;

constexpr auto kBootLimit = std::chrono::seconds(60);
constexpr const char* kPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string script() {
  return std::string(ESBOOT_SOURCE_DIR) + "/tests/support/boot_systemd.sh";
}

/// The root file system, made once for this cache; empty: it cannot be made.
std::string debian_root() {
  const fs::path root = cache_directory() / "debian-with-systemd";
  if (fs::exists(root / "etc/os-release")) return root;
  static_cast<void>(run_child({{"/bin/bash", script(), "--make", root}, "", {}, "."}));
  return fs::exists(root / "etc/os-release") ? root.string() : std::string();
}

/// The process that is PID 1 of the container; 0: not yet.
pid_t init_below(pid_t nspawn) {
  const std::string pid = std::to_string(nspawn);
  std::istringstream children(content("/proc/" + pid + "/task/" + pid + "/children"));
  for (pid_t child = 0; children >> child;) {
    std::istringstream status(content("/proc/" + std::to_string(child) + "/status"));
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("NSpid:") && line.ends_with("\t1")) return child;
  }
  return 0;
}

}  // namespace

std::unique_ptr<BootedSystem> BootedSystem::boot(const std::string& test,
                                                 const std::vector<std::string>& options) {
  if (geteuid() != 0 || !fs::exists("/usr/bin/systemd-nspawn") ||
      !fs::exists("/usr/bin/mmdebstrap")) {
    report_skip(test, "needs root, systemd-nspawn and mmdebstrap");
    return nullptr;
  }
  const std::string root = debian_root();
  if (root.empty()) {
    report_skip(test, "mmdebstrap could not make a Debian to boot");
    return nullptr;
  }
  const std::string name = "esboot-test-" + std::to_string(getpid());
  BackgroundProcess::Request request;
  request.argv = {"bash", script(), root, name};
  request.argv.insert(request.argv.end(), options.begin(), options.end());
  request.environment = {{"PATH", kPath + 5}};
  std::unique_ptr<BootedSystem> system(
      new BootedSystem(name, std::make_unique<BackgroundProcess>(request)));
  const bool up = eventually(
      [&] {
        if (system->init_ == 0) system->init_ = init_below(system->nspawn_->pid());
        if (system->init_ == 0) return false;
        const std::string state = system->run("systemctl is-system-running").out;
        return state == "running\n" || state == "degraded\n";
      },
      kBootLimit);
  if (!up) throw std::runtime_error("systemd did not come up in its container");
  return system;
}

BootedSystem::~BootedSystem() {
  nspawn_->signal(SIGTERM);
  const bool ended = nspawn_->wait(kBootLimit).has_value();
  static_cast<void>(ended);  // its destructor ends it otherwise
  static_cast<void>(run_child({{"/bin/bash", script(), "--clean", name_}, "", {}, "."}));
}

ChildResult BootedSystem::run(const std::string& line) const {
  return run_child({{"/usr/bin/nsenter",
                     "-t",
                     std::to_string(init_),
                     "-m",
                     "-p",
                     "-u",
                     "-i",
                     "-n",
                     "-C",
                     "-r",
                     "-w",
                     "--",
                     "/usr/bin/env",
                     "-i",
                     kPath,
                     "SYSTEMD_PAGER=",
                     "SYSTEMD_COLORS=0",
                     "/bin/sh",
                     "-c",
                     line},
                    "",
                    {},
                    "."});
}

ChildResult BootedSystem::run_in_network(std::vector<std::string> argv) const {
  argv.insert(argv.begin(), {"/usr/bin/nsenter", "-t", std::to_string(init_), "-n", "--"});
  return run_child({std::move(argv), "", {}, "."});
}

}  // namespace test_support
