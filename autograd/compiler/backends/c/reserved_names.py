"""Names that a function in C may not have: they mean something there already."""

import re

_KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while asm fortran typeof typeof_unqual
alignas alignof atomic bool complex constexpr false imaginary noreturn nullptr thread_local true
static_assert generic
and and_eq bitand bitor catch char8_t char16_t char32_t class co_await co_return co_yield compl
concept consteval constinit const_cast decltype delete dynamic_cast explicit export friend mutable
namespace new noexcept not not_eq operator or or_eq private protected public reinterpret_cast
requires static_cast template this throw try typeid typename using virtual wchar_t xor xor_eq
linux unix i386
"""

# Of <math.h> and <float.h>; the functions also end in f, l and the like.
_MATH = """
acos acosh acospi asin asinh asinpi atan atan2 atan2pi atanh atanpi canonicalize cbrt ceil
compoundn copysign cos cosh cospi drem erf erfc exp exp10 exp10m1 exp2 exp2m1 expm1 fabs fdim
finite floor fma fmax fmaximum fmaximum_mag fmaximum_mag_num fmaximum_num fmaxmag fmin fminimum
fminimum_mag fminimum_mag_num fminimum_num fminmag fmod frexp fromfp fromfpx gamma gamma_r
getpayload hypot ilogb isinf isnan j0 j1 jn ldexp lgamma lgamma_r llogb llrint llround log log10
log10p1 log1p log2 log2p1 logb logp1 lrint lround matherr modf nan nearbyint nextafter nextdown
nexttoward nextup pow pow10 pown powr remainder remquo rint rootn round roundeven rsqrt scalb
scalbln scalbn setpayload setpayloadsig significand sin sincos sinh sinpi sqrt tan tanh tanpi
tgamma totalorder totalordermag trunc ufromfp ufromfpx y0 y1 yn
"""
_MACROS = """
DECIMAL_DIG HUGE_VAL HUGE_VALF HUGE_VALL HUGE INFINITY MATH_ERREXCEPT MATH_ERRNO NAN NULL EOF
OVERFLOW UNDERFLOW DOMAIN SING PLOSS TLOSS SNAN SNANF SNANL double_t float_t errno signgam
fpclassify iscanonical iseqsig isfinite isgreater isgreaterequal isless islessequal islessgreater
isnormal issignaling issubnormal isunordered iszero math_errhandling signbit stdin stdout stderr
assert offsetof va_arg va_copy va_end va_start setjmp I
"""

# Of the rest of the standard library, which compilers and linkers know without a header too.
_LIBRARY = """
abort abs aligned_alloc asctime at_quick_exit atexit atof atoi atol atoll bsearch calloc calls_once
clearerr clock ctime difftime div exit fclose feof ferror fflush fgetc fgetpos fgets fopen fprintf
fputc fputs fread free freopen fscanf fseek fsetpos ftell fwrite getc getchar getenv gets gmtime
isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit
labs ldiv llabs lldiv localeconv localtime longjmp main malloc mblen mbstowcs mbtowc memccpy memchr
memcmp memcpy memmove memset mktime perror printf putc putchar puts qsort quick_exit raise rand
realloc remove rename rewind scanf setbuf setlocale setvbuf signal snprintf sprintf srand sscanf
strcat strchr strcmp strcoll strcpy strcspn strdup strerror strftime strlen strncat strncmp strncpy
strndup strpbrk strrchr strspn strstr strtod strtof strtok strtol strtold strtoll strtoul strtoull
strxfrm system time timespec_get tmpfile tmpnam tolower toupper ungetc vfprintf vfscanf vprintf
vscanf vsnprintf vsprintf vsscanf wcstombs wctomb
alloca bcmp bcopy bzero cabs carg cexp cimag conj cpow creal csqrt execl execv ffs fork index read
rindex stpcpy strcasecmp toascii write
"""

_TAKEN = dict.fromkeys(_KEYWORDS.split(), "a word of C or C++")
_TAKEN |= dict.fromkeys([*_MACROS.split(), *_LIBRARY.split()], "a name of the C library")
_FUNCTIONS = re.compile(rf"({'|'.join(_MATH.split())})(f|l|f(16|32|64|128)x?)?")


def check_name(name: object) -> None:
    """Raise unless a function in C may have this name.

    Raises:
        TypeError: if it is no str.
        ValueError: saying what it is already, and what to take instead.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a C function is a str, got {type(name).__name__}")
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", name):
        raise ValueError(
            f"a C function has a name of letters, digits and _, not {name!r}, and begins with a "
            "letter"
        )
    taken = "reserved for C++, for it has two _" if "__" in name else _TAKEN.get(name)
    if taken or _FUNCTIONS.fullmatch(name):
        what = taken or "a function of math.h"
        raise ValueError(f"the name {name!r} is {what}: take another, such as {free_name(name)!r}")


def free_name(name: str) -> str:
    """A name like it that means nothing yet."""
    return f"my_{name.replace('__', '_').strip('_')}"
