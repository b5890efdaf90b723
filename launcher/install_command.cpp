#include "launcher/install_command.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "base/files.h"
#include "base/paths.h"
#include "base/unique_fd.h"
#include "launcher/command_request.h"
#include "launcher/console.h"
#include "launcher/installation.h"
#include "launcher/option_parser.h"
#include "launcher/process_state.h"

namespace launcher {
namespace {

constexpr const char* kProgram = "esboot";
constexpr const char* kNewSuffix = ".esboot-new";
constexpr const char* kStockSuffix = ".stock";

/// What the program can stand in for. Those that a distribution does not have are left out.
constexpr std::array kScripts{"elasticsearch", "elasticsearch-keystore",
                              "elasticsearch-reconfigure-node"};

base::Error failed(const std::string& verb, const std::string& path) {
  return base::file_error(base::ErrorKind::kIo, verb, path, errno);
}

base::Result<void> copy_bytes(int from, int to, const std::string& path) {
  while (true) {
    constexpr std::size_t kChunkBytes = std::size_t{1} << 20U;
    const ssize_t sent = sendfile(to, from, nullptr, kChunkBytes);
    if (sent == 0) return {};
    if (sent < 0 && errno != EINTR) return failed("write", path);
  }
}

/// Copies this program to `path`, with the owner of the directory it goes to.
base::Result<void> place_program(const std::string& path) {
  const base::UniqueFd self(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  struct stat ours{};
  struct stat there{};
  if (!self.valid() || fstat(self.get(), &ours) != 0) return failed("read", "/proc/self/exe");
  if (stat(path.c_str(), &there) == 0 && there.st_dev == ours.st_dev && there.st_ino == ours.st_ino)
    return {};
  const std::string fresh = path + kNewSuffix;
  unlink(fresh.c_str());
  const base::UniqueFd out(
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0755));
  if (!out.valid()) return failed("create", fresh);
  const base::FileFacts directory = base::facts_of(base::parent_of(path));
  if (geteuid() == 0 && fchown(out.get(), directory.uid, directory.gid) != 0)
    return failed("change the owner of", fresh);
  auto copied = copy_bytes(self.get(), out.get(), fresh);
  if (copied.ok() && (fchmod(out.get(), 0755) != 0 || fsync(out.get()) != 0 ||
                      rename(fresh.c_str(), path.c_str()) != 0))
    copied = failed("write", path);
  if (!copied.ok()) unlink(fresh.c_str());
  return copied;
}

bool is_ours(const std::string& script) {
  return base::symlink_target(script) == kProgram;
}

/// Keeps the stock script under a second name, then lets the first be the program.
base::Result<void> replace_script(const std::string& script) {
  if (is_ours(script) || !base::path_exists(script)) return {};
  const std::string fresh = script + kNewSuffix;
  const std::string stock = script + kStockSuffix;
  unlink(fresh.c_str());
  if (link(script.c_str(), fresh.c_str()) != 0 || rename(fresh.c_str(), stock.c_str()) != 0)
    return failed("keep the stock script as", stock);
  // Two names of one file: rename does nothing then, and leaves the first behind.
  unlink(fresh.c_str());
  if (symlink(kProgram, fresh.c_str()) != 0 || rename(fresh.c_str(), script.c_str()) != 0)
    return failed("replace", script);
  return {};
}

base::Result<void> restore_script(const std::string& script) {
  const std::string stock = script + kStockSuffix;
  if (!is_ours(script)) return {};
  if (!base::path_exists(stock))
    return base::Error{base::ErrorKind::kIo, "the stock script " + stock + " is gone",
                       "reinstall Elasticsearch, which brings it back", 0};
  if (rename(stock.c_str(), script.c_str()) != 0) return failed("restore", script);
  return {};
}

void sync_directory(const std::string& path) {
  const base::UniqueFd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) fsync(fd.get());
}

base::Result<int> install(const std::string& home) {
  BASE_TRY(const Installation installation, read_installation(home));
  const std::string bin = home + "/bin";
  BASE_CHECK(place_program(bin + "/" + kProgram));
  for (const char* const script : kScripts) BASE_CHECK(replace_script(bin + "/" + script));
  sync_directory(bin);
  console::note("Elasticsearch " + installation.version_text + " in " + home +
                " is now started by esboot; 'esboot uninstall --from " + home + "' undoes it");
  return 0;
}

base::Result<int> uninstall(const std::string& home) {
  const std::string bin = home + "/bin";
  bool any = false;
  for (const char* const script : kScripts) any = any || is_ours(bin + "/" + script);
  if (!any)
    return base::Error{base::ErrorKind::kUsage, "esboot is not installed in " + home, "", 0};
  for (const char* const script : kScripts) BASE_CHECK(restore_script(bin + "/" + script));
  unlink((bin + "/" + kProgram).c_str());
  sync_directory(bin);
  console::note("the stock scripts in " + bin + " are back");
  return 0;
}

int run(std::span<char* const> arguments, std::string_view option, const std::string& help,
        base::Result<int> (*act)(const std::string& home)) {
  const SigpipeIgnored quiet;
  const std::array specs{
      OptionSpec{0, option, true, false, false, "path: the Elasticsearch that is meant (ES_HOME)"},
      OptionSpec{'h', "help", false, true, true, "print this and end"}};
  const std::vector<std::string> words(arguments.begin(), arguments.end());
  const auto given = parse_options(specs, words, OperandRule::kAnywhere);
  if (!given) return conclude(given.error());
  if (given.value().has("help")) {
    console::print_raw(help + "\n" + options_help(specs));
    return 0;
  }
  if (!given.value().has(option) || !given.value().operands.empty())
    return conclude(base::Error{
        base::ErrorKind::kUsage, "--" + std::string(option) + " and a directory are needed",
        "for example --" + std::string(option) + " /usr/share/elasticsearch", 0});
  return conclude(act(base::absolute_path(given.value().value_of(option))));
}

}  // namespace

int run_install_command(const std::string&, std::span<char* const> arguments) {
  return run(
      arguments, "into",
      "esboot install --into ES_HOME: start this Elasticsearch by esboot\n\n"
      "bin/elasticsearch, bin/elasticsearch-keystore and bin/elasticsearch-reconfigure-node\n"
      "become links to bin/esboot; the stock scripts stay beside them as NAME.stock. Run it\n"
      "again after an upgrade of Elasticsearch, which brings its own scripts back.\n",
      install);
}

int run_uninstall_command(const std::string&, std::span<char* const> arguments) {
  return run(arguments, "from", "esboot uninstall --from ES_HOME: put the stock scripts back\n",
             uninstall);
}

}  // namespace launcher
