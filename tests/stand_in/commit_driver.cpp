// Makes one change set in the directory that argv[1] names, with a file outside at argv[2], so that
// a test can break it at any system call. Ends with 0 where the commit succeeded, else with 1.

#include <cstdio>

#include "base/change_set.h"

int main(int, char** argv) {
  base::ChangeSet changes;
  changes.directory = argv[1];
  base::DirectoryChange certs{"certs", 0750, {}, "1.orig"};
  for (const char* const name : {"http.p12", "transport.p12", "http_ca.crt"})
    certs.files.push_back({name, base::Secret::copy_of(std::string_view("new")), 0660, false});
  changes.directories.push_back(std::move(certs));
  changes.outside_files.push_back(
      {argv[2], base::Secret::copy_of(std::string_view("new")), 0600, true});
  changes.files.push_back(
      {"elasticsearch.keystore", base::Secret::copy_of(std::string_view("new")), 0660, false});
  changes.files.push_back(
      {"elasticsearch.yml", base::Secret::copy_of(std::string_view("new")), 0660, false});
  const auto recovered = base::recover(changes.directory);
  if (!recovered.ok()) return 1;
  auto committed = base::commit(changes);
  if (!committed.ok()) std::puts(committed.error().message.c_str());
  return committed.ok() ? 0 : 1;
}
