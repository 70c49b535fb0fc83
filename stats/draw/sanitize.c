/* sanitize.c - which leaks are not ours, for builds with the address sanitizer.
 *
 * libplot loses about a hundred bytes a plotter; fontconfig, pango and librsvg keep
 * caches until the process ends, which for this program is at once.
 */
#if defined(__SANITIZE_ADDRESS__)
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libplot\nleak:libfontconfig\nleak:libpango\nleak:librsvg\n"
           "leak:libcairo\nleak:libglib\nleak:libgobject\n";
}
#else
typedef int sanitize_nothing_to_say; /* ISO C wants a declaration */
#endif
