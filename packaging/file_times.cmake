# Run by cpack before it packs: every file gets the time of SOURCE_DATE_EPOCH. rpmbuild by itself only makes later
# times earlier, and a file that an earlier build left is older than that.
if(DEFINED ENV{SOURCE_DATE_EPOCH})
  execute_process(COMMAND find ${CPACK_TEMPORARY_DIRECTORY} -exec touch -h -d @$ENV{SOURCE_DATE_EPOCH} {} +
                  COMMAND_ERROR_IS_FATAL ANY)
endif()
