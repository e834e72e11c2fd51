/* The calculus in C: written from calculus.py by `make calculus`. Do not edit.

   Every function takes the operands x0 and x1 (0 where there is one) and the result x2. */

enum rule_kind { NOTHING, ONE, CONSTANT, FUNCTION };

typedef double (*calculus_function)(double, double, double);

typedef struct {
    enum rule_kind kind; /* ONE is the very object, with which no product is made */
    double constant;
    calculus_function function;
} Rule;

typedef struct {
    const char *name; /* in calculus.py */
    int operands, strong;
    calculus_function value;
    Rule rules[2];
} Row;

static double (*const volatile calculus_acos)(double) = acos;
static double (*const volatile calculus_acosh)(double) = acosh;
static double (*const volatile calculus_asin)(double) = asin;
static double (*const volatile calculus_asinh)(double) = asinh;
static double (*const volatile calculus_atan)(double) = atan;
static double (*const volatile calculus_atan2)(double, double) = atan2;
static double (*const volatile calculus_atanh)(double) = atanh;
static double (*const volatile calculus_cbrt)(double) = cbrt;
static double (*const volatile calculus_cos)(double) = cos;
static double (*const volatile calculus_cosh)(double) = cosh;
static double (*const volatile calculus_erf)(double) = erf;
static double (*const volatile calculus_erfc)(double) = erfc;
static double (*const volatile calculus_exp)(double) = exp;
static double (*const volatile calculus_expm1)(double) = expm1;
static double (*const volatile calculus_log)(double) = log;
static double (*const volatile calculus_log10)(double) = log10;
static double (*const volatile calculus_log1p)(double) = log1p;
static double (*const volatile calculus_log2)(double) = log2;
static double (*const volatile calculus_pow)(double, double) = pow;
static double (*const volatile calculus_sin)(double) = sin;
static double (*const volatile calculus_sinh)(double) = sinh;
static double (*const volatile calculus_tan)(double) = tan;
static double (*const volatile calculus_tanh)(double) = tanh;

static double calculus_map_0(double x0, double x1)
{
    const double x2 = x0 / x1;
    const double x3 = 0x1.0000000000000p+0 / x1;
    const double x4 = x2 / x1;
    const double x5 = x3 * x3;
    const double x6 = fabs(x2);
    const double x7 = 0x0.0p+0 < x6 ? 1.0 : 0.0;
    const double x8 = fabs(x2);
    const double x9 = x8 < 0x1.0000000000000p-1022 ? 1.0 : 0.0;
    const double x10 = x7 != 0.0 ? x9 : 0x0.0p+0;
    const double x11 = x0 * x5;
    const double x12 = x10 != 0.0 ? x11 : x4;
    const double x13 = -x12;
    return x13;
}

static double calculus_map_1(double x0, double x1)
{
    const double x2 = fmod(x0, x1);
    const double x3 = x2 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x4 = x1 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x5 = x3 == x4 ? 1.0 : 0.0;
    const double x6 = x2 + x1;
    const double x7 = x5 != 0.0 ? x2 : x6;
    const double x8 = copysign(0x0.0p+0, x1);
    const double x9 = x2 != 0.0 ? x7 : x8;
    return x9;
}

static double calculus_map_2(double x0, double x1)
{
    const double x2 = fmod(x0, x1);
    const double x3 = x0 - x2;
    const double x4 = x3 / x1;
    const double x5 = x2 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x6 = x1 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x7 = x5 - x6;
    const double x8 = x2 != 0.0 ? x7 : 0x0.0p+0;
    const double x9 = x4 - 0x1.0000000000000p+0;
    const double x10 = x8 != 0.0 ? x9 : x4;
    const double x11 = floor(x10) + 0.0;
    const double x12 = x10 - x11;
    const double x13 = 0x1.0000000000000p-1 < x12 ? 1.0 : 0.0;
    const double x14 = x11 + 0x1.0000000000000p+0;
    const double x15 = x13 != 0.0 ? x14 : x11;
    const double x16 = x0 / x1;
    const double x17 = copysign(0x0.0p+0, x16);
    const double x18 = x10 != 0.0 ? x15 : x17;
    return x18;
}

static double calculus_map_3(double x0, double x1)
{
    const double x2 = x1 - 0x1.0000000000000p+0;
    const double x3 = x2 + 0x1.0000000000000p+0;
    const double x4 = x3 == x1 ? 1.0 : 0.0;
    const double x5 = x0 == 0x0.0p+0 ? 1.0 : 0.0;
    const double x6 = fabs(x0);
    const double x7 = x6 == INFINITY ? 1.0 : 0.0;
    const double x8 = x5 != 0.0 ? 0x1.0000000000000p+0 : x7;
    const double x9 = x4 != 0.0 ? 0x1.0000000000000p+0 : x8;
    const double x10 = x1 - 0x1.0000000000000p+0;
    const double x11 = x9 != 0.0 ? x10 : x1;
    const double x12 = calculus_pow(x0, x11);
    const double x13 = x1 * x12;
    const double x14 = x13 / x0;
    const double x15 = fabs(x12);
    const double x16 = 0x1.0000000000000p-1022 <= x15 ? 1.0 : 0.0;
    const double x17 = fabs(x12);
    const double x18 = x17 < INFINITY ? 1.0 : 0.0;
    const double x19 = x16 != 0.0 ? x18 : 0x0.0p+0;
    const double x20 = fabs(x0);
    const double x21 = x19 != 0.0 ? 0x1.0000000000000p+0 : x20;
    const double x22 = 0x1.0000000000000p-1 * x11;
    const double x23 = calculus_pow(x21, x22);
    const double x24 = copysign(0x1.0000000000000p+0, x12);
    const double x25 = x1 * x23;
    const double x26 = x24 * x25;
    const double x27 = x26 / x0;
    const double x28 = x9 != 0.0 ? x26 : x27;
    const double x29 = x28 * x23;
    const double x30 = x12 == x12 ? 1.0 : 0.0;
    const double x31 = x23 != 0.0 ? x29 : 0x0.0p+0;
    const double x32 = x30 != 0.0 ? x31 : x13;
    const double x33 = x9 != 0.0 ? x13 : x14;
    const double x34 = x19 != 0.0 ? x33 : x32;
    const double x35 = x1 == x1 ? 1.0 : 0.0;
    const double x36 = x35 != 0.0 ? x34 : x1;
    const double x37 = x1 != 0.0 ? x36 : 0x0.0p+0;
    return x37;
}

static double calculus_map_4(double x0, double x1)
{
    const double x2 = calculus_log(x0);
    const double x11 = x1 - 0x0.0p+0;
    const double x12 = 0x1.0000000000000p+0 != 0.0 ? x11 : x1;
    const double x13 = calculus_pow(x0, x12);
    const double x14 = x2 * x13;
    const double x15 = fabs(x13);
    const double x16 = 0x1.0000000000000p-1022 <= x15 ? 1.0 : 0.0;
    const double x17 = fabs(x13);
    const double x18 = x17 < INFINITY ? 1.0 : 0.0;
    const double x19 = x16 != 0.0 ? x18 : 0x0.0p+0;
    const double x20 = fabs(x0);
    const double x21 = x19 != 0.0 ? 0x1.0000000000000p+0 : x20;
    const double x22 = 0x1.0000000000000p-1 * x12;
    const double x23 = calculus_pow(x21, x22);
    const double x24 = copysign(0x1.0000000000000p+0, x13);
    const double x25 = x2 * x23;
    const double x26 = x24 * x25;
    const double x27 = x26 * x23;
    const double x28 = x13 == x13 ? 1.0 : 0.0;
    const double x29 = x23 != 0.0 ? x27 : 0x0.0p+0;
    const double x30 = x28 != 0.0 ? x29 : x14;
    const double x31 = 0x1.0000000000000p+0 != 0.0 ? x14 : x14;
    const double x32 = x19 != 0.0 ? x31 : x30;
    const double x33 = x2 == x2 ? 1.0 : 0.0;
    const double x34 = x33 != 0.0 ? x32 : x2;
    const double x35 = x2 != 0.0 ? x34 : 0x0.0p+0;
    const double x36 = x0 != 0.0 ? 0x1.0000000000000p+0 : x1;
    const double x37 = x36 != 0.0 ? x35 : 0x0.0p+0;
    return x37;
}

static double calculus_map_5(double x0)
{
    const double x1 = 0x0.0p+0 < x0 ? 1.0 : 0.0;
    const double x2 = x0 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x3 = x2 != 0.0 ? (-0x1.0000000000000p+0) : x0;
    const double x4 = x1 != 0.0 ? 0x1.0000000000000p+0 : x3;
    return x4;
}

static double calculus_map_6(double x0)
{
    const double x1 = 0x0.0p+0 <= x0 ? 1.0 : 0.0;
    const double x2 = x0 + 0x0.0p+0;
    const double x3 = x1 != 0.0 ? x2 : NAN;
    return x3;
}

static double calculus_map_7(double x0)
{
    const double x1 = calculus_cbrt(x0);
    const double x2 = x1 * x1;
    const double x3 = x0 / x2;
    const double x4 = x1 - x3;
    const double x5 = x4 / 0x1.8000000000000p+1;
    const double x6 = x1 - x5;
    const double x7 = x6 == x6 ? 1.0 : 0.0;
    const double x8 = x7 != 0.0 ? x6 : x1;
    return x8;
}

static double calculus_map_8(double x0)
{
    const double x1 = calculus_map_7(x0);
    const double x2 = 0x1.8000000000000p+1 * x1;
    const double x3 = x2 * x1;
    const double x4 = 0x1.0000000000000p+0 / x3;
    return x4;
}

static double calculus_map_9(double x0)
{
    const double x1 = 0x1.0000000000000p+0 - x0;
    const double x2 = 0x1.0000000000000p+0 + x0;
    const double x3 = x1 * x2;
    const double x4 = sqrt(x3);
    const double x5 = 0x1.0000000000000p+0 / x4;
    return x5;
}

static double calculus_map_10(double x0, double x1)
{
    const double x2 = fabs(x0);
    const double x3 = x2 == INFINITY ? 1.0 : 0.0;
    const double x4 = fabs(x1);
    const double x5 = x4 == INFINITY ? 1.0 : 0.0;
    const double x6 = x3 != 0.0 ? 0x1.0000000000000p+0 : x5;
    const double x7 = fabs(x0);
    const double x8 = fabs(x1);
    const double x9 = x7 < x8 ? 1.0 : 0.0;
    const double x10 = x9 != 0.0 ? x8 : x7;
    const double x11 = x7 < x8 ? 1.0 : 0.0;
    const double x12 = x11 != 0.0 ? x7 : x8;
    const double x13 = x10 < 0x1.0000000000000p-500 ? 1.0 : 0.0;
    const double x14 = x13 != 0.0 ? 0x1.0000000000000p+600 : 0x1.0000000000000p+0;
    const double x15 = 0x1.0000000000000p+500 < x10 ? 1.0 : 0.0;
    const double x16 = x15 != 0.0 ? 0x1.0000000000000p-600 : x14;
    const double x17 = x10 * x16;
    const double x18 = x12 * x16;
    const double x19 = x17 * x17;
    const double x20 = x18 * x18;
    const double x21 = x19 + x20;
    const double x22 = sqrt(x21);
    const double x23 = x17 * 0x1.0000002000000p+27;
    const double x24 = x23 - x17;
    const double x25 = x23 - x24;
    const double x26 = x17 - x25;
    const double x27 = x25 * x25;
    const double x28 = x17 * x17;
    const double x29 = x27 - x28;
    const double x30 = 0x1.0000000000000p+1 * x25;
    const double x31 = x30 * x26;
    const double x32 = x29 + x31;
    const double x33 = x26 * x26;
    const double x34 = x32 + x33;
    const double x35 = x18 * 0x1.0000002000000p+27;
    const double x36 = x35 - x18;
    const double x37 = x35 - x36;
    const double x38 = x18 - x37;
    const double x39 = x37 * x37;
    const double x40 = x18 * x18;
    const double x41 = x39 - x40;
    const double x42 = 0x1.0000000000000p+1 * x37;
    const double x43 = x42 * x38;
    const double x44 = x41 + x43;
    const double x45 = x38 * x38;
    const double x46 = x44 + x45;
    const double x47 = x34 + x46;
    const double x48 = x22 * 0x1.0000002000000p+27;
    const double x49 = x48 - x22;
    const double x50 = x48 - x49;
    const double x51 = x22 - x50;
    const double x52 = x50 * x50;
    const double x53 = x22 * x22;
    const double x54 = x52 - x53;
    const double x55 = 0x1.0000000000000p+1 * x50;
    const double x56 = x55 * x51;
    const double x57 = x54 + x56;
    const double x58 = x51 * x51;
    const double x59 = x57 + x58;
    const double x60 = x47 - x59;
    const double x61 = x17 * x17;
    const double x62 = x22 * x22;
    const double x63 = x61 - x62;
    const double x64 = x18 * x18;
    const double x65 = x63 + x64;
    const double x66 = x65 + x60;
    const double x67 = 0x1.0000000000000p+1 * x22;
    const double x68 = x66 / x67;
    const double x69 = x22 + x68;
    const double x70 = x69 / x16;
    const double x71 = x22 != 0.0 ? x70 : 0x0.0p+0;
    const double x72 = x6 != 0.0 ? INFINITY : x71;
    return x72;
}

static double calculus_map_11(double x0, double x1)
{
    const double x2 = fabs(x0);
    const double x3 = fabs(x1);
    const double x4 = x2 < x3 ? 1.0 : 0.0;
    const double x5 = x4 != 0.0 ? x3 : x2;
    const double x6 = x5 == INFINITY ? 1.0 : 0.0;
    const double x7 = x0 == x0 ? 1.0 : 0.0;
    const double x8 = x1 == x1 ? 1.0 : 0.0;
    const double x9 = x7 != 0.0 ? x8 : 0x0.0p+0;
    const double x10 = x6 != 0.0 ? x9 : 0x0.0p+0;
    const double x11 = x5 < 0x1.0000000000000p-500 ? 1.0 : 0.0;
    const double x12 = x11 != 0.0 ? 0x1.0000000000000p+600 : 0x1.0000000000000p+0;
    const double x13 = 0x1.0000000000000p+500 < x5 ? 1.0 : 0.0;
    const double x14 = x13 != 0.0 ? 0x1.0000000000000p-600 : x12;
    const double x15 = x14 == 0x1.0000000000000p+0 ? 1.0 : 0.0;
    const double x16 = x0 * x14;
    const double x17 = x1 * x14;
    const double x18 = calculus_map_10(x16, x17);
    const double x19 = x15 != 0.0 ? 0x1.0000000000000p+500 : x14;
    const double x20 = x15 != 0.0 ? 0x1.0000000000000p-500 : x14;
    const double x21 = x0 * x19;
    const double x22 = x21 / x18;
    const double x23 = x22 / x18;
    const double x24 = x23 * x20;
    const double x25 = copysign(0x0.0p+0, x0);
    const double x26 = x10 != 0.0 ? x25 : x24;
    return x26;
}

static double calculus_map_12(double x0)
{
    const double x1 = fabs(x0);
    const double x2 = (-0x1.0000000000000p+1) * x1;
    const double x3 = calculus_exp(x2);
    const double x4 = 0x1.0000000000000p+2 * x3;
    const double x5 = 0x1.0000000000000p+0 + x3;
    const double x6 = 0x1.0000000000000p+0 + x3;
    const double x7 = x5 * x6;
    const double x8 = x4 / x7;
    return x8;
}

static double calculus_map_13(double x0)
{
    const double x1 = x0 - 0x1.0000000000000p+0;
    const double x2 = sqrt(x1);
    const double x3 = x0 + 0x1.0000000000000p+0;
    const double x4 = sqrt(x3);
    const double x5 = x2 * x4;
    const double x6 = 0x1.0000000000000p+0 / x5;
    return x6;
}

static double calculus_map_14(double x0)
{
    const double x1 = 0x1.0000000000000p+0 - x0;
    const double x2 = 0x1.0000000000000p+0 + x0;
    const double x3 = x1 * x2;
    const double x4 = calculus_map_6(x3);
    const double x5 = 0x1.0000000000000p+0 / x4;
    return x5;
}

static double calculus_map_15(double x0, double x1)
{
    const double x2 = fabs(x0);
    const double x3 = x2 == INFINITY ? 1.0 : 0.0;
    const double x4 = fabs(x1);
    const double x5 = x4 < INFINITY ? 1.0 : 0.0;
    const double x6 = x3 != 0.0 ? x5 : 0x0.0p+0;
    const double x7 = fabs(x0);
    const double x8 = fabs(x1);
    const double x9 = x7 < x8 ? 1.0 : 0.0;
    const double x10 = x9 != 0.0 ? x8 : x7;
    const double x11 = 0x1.0000000000000p+1000 < x10 ? 1.0 : 0.0;
    const double x12 = x11 != 0.0 ? 0x1.0000000000000p-2 : 0x1.0000000000000p+0;
    const double x13 = x10 < 0x1.0000000000000p-1000 ? 1.0 : 0.0;
    const double x14 = x13 != 0.0 ? 0x1.0000000000000p+100 : x12;
    const double x15 = x0 * x14;
    const double x16 = x1 * x14;
    const double x17 = calculus_map_10(x15, x16);
    const double x18 = copysign(0x1.0000000000000p+0, x0);
    const double x19 = x0 * x14;
    const double x20 = x19 / x17;
    const double x21 = x17 != 0.0 ? x20 : 0x0.0p+0;
    const double x22 = x6 != 0.0 ? x18 : x21;
    return x22;
}

static double calculus_map_16(double x0)
{
    const double x1 = fabs(x0);
    const double x2 = -x1;
    const double x3 = calculus_exp(x2);
    const double x4 = x0 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x5 = x4 != 0.0 ? x3 : 0x1.0000000000000p+0;
    const double x6 = 0x1.0000000000000p+0 + x3;
    const double x7 = x5 / x6;
    return x7;
}

static double calculus_map_17(double x0)
{
    const double x1 = fabs(x0);
    const double x2 = -x1;
    const double x3 = calculus_exp(x2);
    const double x4 = 0x1.0000000000000p+0 + x3;
    const double x5 = 0x1.0000000000000p+0 + x3;
    const double x6 = x4 * x5;
    const double x7 = x3 / x6;
    return x7;
}

static double calculus_map_18(double x0)
{
    const double x1 = x0 <= 0x0.0p+0 ? 1.0 : 0.0;
    const double x2 = x1 != 0.0 ? 0x0.0p+0 : x0;
    return x2;
}

static double calculus_map_19(double x0)
{
    const double x1 = 0x0.0p+0 < x0 ? 1.0 : 0.0;
    const double x2 = x0 == x0 ? 1.0 : 0.0;
    const double x3 = x2 != 0.0 ? x1 : NAN;
    return x3;
}

static double calculus_map_20(double x0, double x1)
{
    const double x2 = x0 <= 0x0.0p+0 ? 1.0 : 0.0;
    const double x3 = x1 * x0;
    const double x4 = x2 != 0.0 ? x3 : x0;
    return x4;
}

static double calculus_map_21(double x0, double x1)
{
    const double x2 = x0 <= 0x0.0p+0 ? 1.0 : 0.0;
    const double x3 = calculus_expm1(x0);
    const double x4 = x1 * x3;
    const double x5 = x2 != 0.0 ? x4 : x0;
    return x5;
}

static double calculus_map_22(double x0, double x1)
{
    const double x2 = x0 < (-0x1.5e00000000000p+9) ? 1.0 : 0.0;
    const double x3 = 0x1.0000000000000p-1 * x0;
    const double x4 = x2 != 0.0 ? x3 : x0;
    const double x5 = calculus_exp(x4);
    const double x6 = x1 * x5;
    const double x7 = x0 == (-INFINITY) ? 1.0 : 0.0;
    const double x8 = x6 * x5;
    const double x9 = x7 != 0.0 ? 0x0.0p+0 : x8;
    const double x10 = x2 != 0.0 ? x9 : x6;
    return x10;
}

static double calculus_map_23(double x0)
{
    const double x1 = x0 < (-0x1.5e00000000000p+9) ? 1.0 : 0.0;
    const double x2 = 0x1.0000000000000p-1 * x0;
    const double x3 = -x0;
    const double x4 = x1 != 0.0 ? x2 : x3;
    const double x5 = calculus_exp(x4);
    const double x6 = x0 * x5;
    const double x7 = x0 == (-INFINITY) ? 1.0 : 0.0;
    const double x8 = x6 * x5;
    const double x9 = x7 != 0.0 ? 0x0.0p+0 : x8;
    const double x10 = x1 != 0.0 ? x9 : x6;
    const double x11 = 0x1.0000000000000p+0 + x5;
    const double x12 = x0 / x11;
    const double x13 = x1 != 0.0 ? x10 : x12;
    return x13;
}

static double calculus_map_24(double x0)
{
    const double x1 = fabs(x0);
    const double x2 = -x1;
    const double x3 = x2 < (-0x1.5e00000000000p+9) ? 1.0 : 0.0;
    const double x4 = 0x1.0000000000000p-1 * x2;
    const double x5 = x3 != 0.0 ? x4 : x2;
    const double x6 = calculus_exp(x5);
    const double x7 = 0x1.0000000000000p+0 + x6;
    const double x8 = 0x1.0000000000000p+0 + x6;
    const double x9 = x7 * x8;
    const double x10 = 0x1.0000000000000p+0 + x6;
    const double x11 = x10 + x0;
    const double x12 = x11 / x9;
    const double x13 = x0 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x14 = x13 != 0.0 ? x12 : x0;
    const double x15 = x14 * x6;
    const double x16 = x2 == (-INFINITY) ? 1.0 : 0.0;
    const double x17 = x15 * x6;
    const double x18 = x16 != 0.0 ? 0x0.0p+0 : x17;
    const double x19 = x3 != 0.0 ? x18 : x15;
    const double x20 = x0 < 0x0.0p+0 ? 1.0 : 0.0;
    const double x21 = 0x1.0000000000000p+0 + x6;
    const double x22 = x21 + x19;
    const double x23 = x22 / x9;
    const double x24 = x20 != 0.0 ? x19 : x23;
    return x24;
}

static double calculus_map_25(double x0)
{
    const double x1 = x0 * 0x1.0000000000000p+20;
    const double x2 = floor(x1) + 0.0;
    const double x3 = x2 / 0x1.0000000000000p+20;
    const double x4 = x0 - x3;
    const double x5 = x0 + x3;
    const double x6 = x4 * x5;
    const double x7 = (-0x1.0000000000000p-1) * x3;
    const double x8 = x7 * x3;
    const double x9 = calculus_exp(x8);
    const double x10 = 0x1.0000000000000p-1 * x6;
    const double x11 = (-0x1.201b8c07f2c3fp-54) - x10;
    const double x12 = calculus_expm1(x11);
    const double x13 = x9 * x12;
    const double x14 = x9 + x13;
    const double x15 = fabs(x0);
    const double x16 = x15 < 0x1.9000000000000p+6 ? 1.0 : 0.0;
    const double x17 = x0 == x0 ? 1.0 : 0.0;
    const double x18 = x17 != 0.0 ? 0x0.0p+0 : NAN;
    const double x19 = x16 != 0.0 ? x14 : x18;
    const double x20 = 0x1.9884533d43651p-2 * x19;
    return x20;
}

static double calculus_map_26(double x0, double x1)
{
    const double x2 = x0 * x1;
    const double x3 = x0 != 0.0 ? x2 : 0x0.0p+0;
    return x3;
}

static double calculus_map_27(double x0)
{
    const double x1 = calculus_map_25(x0);
    const double x2 = x0 * 0x1.6a09e667f3bcdp-1;
    const double x3 = x0 * 0x1.0000002000000p+27;
    const double x4 = x3 - x0;
    const double x5 = x3 - x4;
    const double x6 = x5 * 0x1.6a09e68000000p-1;
    const double x7 = x6 - x2;
    const double x8 = x0 - x5;
    const double x9 = x8 * 0x1.6a09e68000000p-1;
    const double x10 = x7 + x9;
    const double x11 = x0 * (-0x1.80c4336f74d05p-29);
    const double x12 = x10 + x11;
    const double x13 = calculus_map_26(x1, x12);
    const double x14 = -x2;
    const double x15 = calculus_erfc(x14);
    const double x16 = 0x1.0000000000000p-1 * x15;
    const double x17 = x13 * 0x1.6a09e667f3bcdp+0;
    const double x18 = x16 + x17;
    return x18;
}

static double calculus_map_28(double x0)
{
    const double x1 = x0 == (-INFINITY) ? 1.0 : 0.0;
    const double x2 = calculus_map_27(x0);
    const double x3 = x0 * x2;
    const double x4 = x1 != 0.0 ? 0x0.0p+0 : x3;
    return x4;
}

static double calculus_map_29(double x0)
{
    const double x1 = calculus_map_25(x0);
    const double x2 = x0 * 0x1.6a09e667f3bcdp-1;
    const double x3 = x0 * 0x1.0000002000000p+27;
    const double x4 = x3 - x0;
    const double x5 = x3 - x4;
    const double x6 = x5 * 0x1.6a09e68000000p-1;
    const double x7 = x6 - x2;
    const double x8 = x0 - x5;
    const double x9 = x8 * 0x1.6a09e68000000p-1;
    const double x10 = x7 + x9;
    const double x11 = x0 * (-0x1.80c4336f74d05p-29);
    const double x12 = x10 + x11;
    const double x13 = calculus_map_26(x1, x12);
    const double x14 = -x2;
    const double x15 = calculus_erfc(x14);
    const double x16 = 0x1.0000000000000p-1 * x15;
    const double x17 = x13 * 0x1.6a09e667f3bcdp+0;
    const double x18 = x16 + x17;
    const double x19 = calculus_map_26(x1, x0);
    const double x20 = x18 + x19;
    return x20;
}

static double calculus_map_30(double x0)
{
    const double x1 = calculus_map_18(x0);
    const double x2 = fabs(x0);
    const double x3 = -x2;
    const double x4 = calculus_exp(x3);
    const double x5 = calculus_log1p(x4);
    const double x6 = x1 + x5;
    return x6;
}

static double calculus_map_31(double x0)
{
    const double x1 = x0 * 0x1.0000000000000p+20;
    const double x2 = floor(x1) + 0.0;
    const double x3 = x2 / 0x1.0000000000000p+20;
    const double x4 = x0 - x3;
    const double x5 = x0 + x3;
    const double x6 = x4 * x5;
    const double x7 = (-0x1.0000000000000p+0) * x3;
    const double x8 = x7 * x3;
    const double x9 = calculus_exp(x8);
    const double x10 = 0x1.0000000000000p+0 * x6;
    const double x11 = 0x0.0p+0 - x10;
    const double x12 = calculus_expm1(x11);
    const double x13 = x9 * x12;
    const double x14 = x9 + x13;
    const double x15 = fabs(x0);
    const double x16 = x15 < 0x1.9000000000000p+6 ? 1.0 : 0.0;
    const double x17 = x0 == x0 ? 1.0 : 0.0;
    const double x18 = x17 != 0.0 ? 0x0.0p+0 : NAN;
    const double x19 = x16 != 0.0 ? x14 : x18;
    return x19;
}

static double calculus_map_32(double x0, double x1)
{
    const double x2 = x0 == x1 ? 1.0 : 0.0;
    return x2;
}

static double calculus_map_33(double x0, double x1)
{
    const double x2 = x1 < x0 ? 1.0 : 0.0;
    return x2;
}

static double calculus_map_34(double x0, double x1)
{
    const double x2 = x0 * 0x1.0000000000000p-26;
    const double x3 = floor(x2) + 0.0;
    const double x4 = x3 * 0x1.0000000000000p+26;
    const double x5 = x0 - x4;
    const double x6 = x1 * 0x1.0000000000000p-26;
    const double x7 = floor(x6) + 0.0;
    const double x8 = x7 * 0x1.0000000000000p+26;
    const double x9 = x1 - x8;
    const double x10 = x9 * x9;
    const double x11 = x10 * 0x1.0000000000000p-13;
    const double x12 = floor(x11) + 0.0;
    const double x13 = x12 + x7;
    const double x14 = x5 + 0x1.3c6ef28000000p+25;
    const double x15 = x13 + x14;
    const double x16 = x15 * 0x1.0000000000000p-26;
    const double x17 = floor(x16) + 0.0;
    const double x18 = x17 * 0x1.0000000000000p+26;
    const double x19 = x15 - x18;
    const double x20 = x19 * x19;
    const double x21 = x20 * 0x1.0000000000000p-13;
    const double x22 = floor(x21) + 0.0;
    const double x23 = x22 + x9;
    const double x24 = x3 + 0x1.76ce478000000p+25;
    const double x25 = x23 + x24;
    const double x26 = x25 * 0x1.0000000000000p-26;
    const double x27 = floor(x26) + 0.0;
    const double x28 = x27 * 0x1.0000000000000p+26;
    const double x29 = x25 - x28;
    const double x30 = x29 * x29;
    const double x31 = x30 * 0x1.0000000000000p-13;
    const double x32 = floor(x31) + 0.0;
    const double x33 = x32 + x19;
    const double x34 = x5 + 0x1.e377940000000p+23;
    const double x35 = x33 + x34;
    const double x36 = x35 * 0x1.0000000000000p-26;
    const double x37 = floor(x36) + 0.0;
    const double x38 = x37 * 0x1.0000000000000p+26;
    const double x39 = x35 - x38;
    const double x40 = x39 * x39;
    const double x41 = x40 * 0x1.0000000000000p-13;
    const double x42 = floor(x41) + 0.0;
    const double x43 = x42 + x29;
    const double x44 = x3 + 0x1.db391e0000000p+24;
    const double x45 = x43 + x44;
    const double x46 = x45 * 0x1.0000000000000p-26;
    const double x47 = floor(x46) + 0.0;
    const double x48 = x47 * 0x1.0000000000000p+26;
    const double x49 = x45 - x48;
    const double x50 = x49 * x49;
    const double x51 = x50 * 0x1.0000000000000p-13;
    const double x52 = floor(x51) + 0.0;
    const double x53 = x52 + x39;
    const double x54 = x5 + 0x1.b54cd78000000p+25;
    const double x55 = x53 + x54;
    const double x56 = x55 * 0x1.0000000000000p-26;
    const double x57 = floor(x56) + 0.0;
    const double x58 = x57 * 0x1.0000000000000p+26;
    const double x59 = x55 - x58;
    const double x60 = x59 * x59;
    const double x61 = x60 * 0x1.0000000000000p-13;
    const double x62 = floor(x61) + 0.0;
    const double x63 = x62 + x49;
    const double x64 = x3 + 0x1.91ab5a0000000p+23;
    const double x65 = x63 + x64;
    const double x66 = x65 * 0x1.0000000000000p-26;
    const double x67 = floor(x66) + 0.0;
    const double x68 = x67 * 0x1.0000000000000p+26;
    const double x69 = x65 - x68;
    const double x70 = x69 * x69;
    const double x71 = x70 * 0x1.0000000000000p-13;
    const double x72 = floor(x71) + 0.0;
    const double x73 = x72 + x59;
    const double x74 = x5 + 0x1.e377940000000p+24;
    const double x75 = x73 + x74;
    const double x76 = x75 * 0x1.0000000000000p-26;
    const double x77 = floor(x76) + 0.0;
    const double x78 = x77 * 0x1.0000000000000p+26;
    const double x79 = x75 - x78;
    const double x80 = x79 * x79;
    const double x81 = x80 * 0x1.0000000000000p-13;
    const double x82 = floor(x81) + 0.0;
    const double x83 = x82 + x69;
    const double x84 = x3 + 0x1.db391e0000000p+25;
    const double x85 = x83 + x84;
    const double x86 = x85 * 0x1.0000000000000p-26;
    const double x87 = floor(x86) + 0.0;
    const double x88 = x87 * 0x1.0000000000000p+26;
    const double x89 = x85 - x88;
    const double x90 = x89 * x89;
    const double x91 = x90 * 0x1.0000000000000p-13;
    const double x92 = floor(x91) + 0.0;
    const double x93 = x92 + x79;
    const double x94 = x5 + 0x1.7155e40000000p+22;
    const double x95 = x93 + x94;
    const double x96 = x95 * 0x1.0000000000000p-26;
    const double x97 = floor(x96) + 0.0;
    const double x98 = x97 * 0x1.0000000000000p+26;
    const double x99 = x95 - x98;
    const double x100 = x99 * x99;
    const double x101 = x100 * 0x1.0000000000000p-13;
    const double x102 = floor(x101) + 0.0;
    const double x103 = x102 + x89;
    const double x104 = x3 + 0x1.5207658000000p+25;
    const double x105 = x103 + x104;
    const double x106 = x105 * 0x1.0000000000000p-26;
    const double x107 = floor(x106) + 0.0;
    const double x108 = x107 * 0x1.0000000000000p+26;
    const double x109 = x105 - x108;
    const double x110 = x109 * 0x1.0000000000000p+26;
    const double x111 = x110 + x99;
    return x111;
}

static double calculus_map_35(double x0, double x1)
{
    const double x2 = x0 / x1;
    const double x3 = 0x1.0000000000000p+0 / x1;
    const double x4 = x2 / x1;
    const double x5 = x3 * x3;
    const double x6 = x4 / x1;
    const double x7 = x5 * x3;
    const double x8 = fabs(x2);
    const double x9 = 0x0.0p+0 < x8 ? 1.0 : 0.0;
    const double x10 = fabs(x2);
    const double x11 = x10 < 0x1.0000000000000p-1022 ? 1.0 : 0.0;
    const double x12 = x9 != 0.0 ? x11 : 0x0.0p+0;
    const double x13 = x0 * x7;
    const double x14 = x12 != 0.0 ? x13 : x6;
    const double x15 = 0x1.0000000000000p+1 * x14;
    return x15;
}

static double calculus_map_36(double x0, double x1)
{
    const double x2 = x1 - 0x1.0000000000000p+0;
    const double x3 = x1 * x2;
    const double x4 = x1 - 0x1.0000000000000p+1;
    const double x5 = x4 + 0x1.0000000000000p+1;
    const double x6 = x5 == x1 ? 1.0 : 0.0;
    const double x7 = x0 == 0x0.0p+0 ? 1.0 : 0.0;
    const double x8 = fabs(x0);
    const double x9 = x8 == INFINITY ? 1.0 : 0.0;
    const double x10 = x7 != 0.0 ? 0x1.0000000000000p+0 : x9;
    const double x11 = x6 != 0.0 ? 0x1.0000000000000p+0 : x10;
    const double x12 = x1 - 0x1.0000000000000p+1;
    const double x13 = x11 != 0.0 ? x12 : x1;
    const double x14 = calculus_pow(x0, x13);
    const double x15 = x3 * x14;
    const double x16 = x15 / x0;
    const double x17 = 0x1.0000000000000p+0 / x0;
    const double x18 = x16 / x0;
    const double x19 = x17 * x17;
    const double x20 = fabs(x16);
    const double x21 = 0x0.0p+0 < x20 ? 1.0 : 0.0;
    const double x22 = fabs(x16);
    const double x23 = x22 < 0x1.0000000000000p-1022 ? 1.0 : 0.0;
    const double x24 = x21 != 0.0 ? x23 : 0x0.0p+0;
    const double x25 = x15 * x19;
    const double x26 = x24 != 0.0 ? x25 : x18;
    const double x27 = fabs(x14);
    const double x28 = 0x1.0000000000000p-1022 <= x27 ? 1.0 : 0.0;
    const double x29 = fabs(x14);
    const double x30 = x29 < INFINITY ? 1.0 : 0.0;
    const double x31 = x28 != 0.0 ? x30 : 0x0.0p+0;
    const double x32 = fabs(x0);
    const double x33 = x31 != 0.0 ? 0x1.0000000000000p+0 : x32;
    const double x34 = 0x1.0000000000000p-1 * x13;
    const double x35 = calculus_pow(x33, x34);
    const double x36 = copysign(0x1.0000000000000p+0, x14);
    const double x37 = x3 * x35;
    const double x38 = x36 * x37;
    const double x39 = x38 / x0;
    const double x40 = x11 != 0.0 ? x38 : x39;
    const double x41 = x40 * x35;
    const double x42 = x41 / x0;
    const double x43 = x11 != 0.0 ? x41 : x42;
    const double x44 = x14 == x14 ? 1.0 : 0.0;
    const double x45 = x35 != 0.0 ? x43 : 0x0.0p+0;
    const double x46 = x44 != 0.0 ? x45 : x15;
    const double x47 = x11 != 0.0 ? x15 : x26;
    const double x48 = x31 != 0.0 ? x47 : x46;
    const double x49 = x3 == x3 ? 1.0 : 0.0;
    const double x50 = x49 != 0.0 ? x48 : x3;
    const double x51 = x3 != 0.0 ? x50 : 0x0.0p+0;
    return x51;
}

static double calculus_map_37(double x0, double x1)
{
    const double x2 = calculus_log(x0);
    const double x3 = calculus_map_26(x1, x2);
    const double x4 = 0x1.0000000000000p+0 + x3;
    const double x5 = x1 - 0x1.0000000000000p+0;
    const double x6 = x5 + 0x1.0000000000000p+0;
    const double x7 = x6 == x1 ? 1.0 : 0.0;
    const double x8 = x0 == 0x0.0p+0 ? 1.0 : 0.0;
    const double x9 = fabs(x0);
    const double x10 = x9 == INFINITY ? 1.0 : 0.0;
    const double x11 = x8 != 0.0 ? 0x1.0000000000000p+0 : x10;
    const double x12 = x7 != 0.0 ? 0x1.0000000000000p+0 : x11;
    const double x13 = x1 - 0x1.0000000000000p+0;
    const double x14 = x12 != 0.0 ? x13 : x1;
    const double x15 = calculus_pow(x0, x14);
    const double x16 = x4 * x15;
    const double x17 = x16 / x0;
    const double x18 = fabs(x15);
    const double x19 = 0x1.0000000000000p-1022 <= x18 ? 1.0 : 0.0;
    const double x20 = fabs(x15);
    const double x21 = x20 < INFINITY ? 1.0 : 0.0;
    const double x22 = x19 != 0.0 ? x21 : 0x0.0p+0;
    const double x23 = fabs(x0);
    const double x24 = x22 != 0.0 ? 0x1.0000000000000p+0 : x23;
    const double x25 = 0x1.0000000000000p-1 * x14;
    const double x26 = calculus_pow(x24, x25);
    const double x27 = copysign(0x1.0000000000000p+0, x15);
    const double x28 = x4 * x26;
    const double x29 = x27 * x28;
    const double x30 = x29 / x0;
    const double x31 = x12 != 0.0 ? x29 : x30;
    const double x32 = x31 * x26;
    const double x33 = x15 == x15 ? 1.0 : 0.0;
    const double x34 = x26 != 0.0 ? x32 : 0x0.0p+0;
    const double x35 = x33 != 0.0 ? x34 : x16;
    const double x36 = x12 != 0.0 ? x16 : x17;
    const double x37 = x22 != 0.0 ? x36 : x35;
    const double x38 = x4 == x4 ? 1.0 : 0.0;
    const double x39 = x38 != 0.0 ? x37 : x4;
    const double x40 = x4 != 0.0 ? x39 : 0x0.0p+0;
    return x40;
}

static double calculus_map_38(double x0, double x1)
{
    const double x2 = calculus_log(x0);
    const double x3 = x2 * x2;
    const double x12 = x1 - 0x0.0p+0;
    const double x13 = 0x1.0000000000000p+0 != 0.0 ? x12 : x1;
    const double x14 = calculus_pow(x0, x13);
    const double x15 = x3 * x14;
    const double x16 = fabs(x14);
    const double x17 = 0x1.0000000000000p-1022 <= x16 ? 1.0 : 0.0;
    const double x18 = fabs(x14);
    const double x19 = x18 < INFINITY ? 1.0 : 0.0;
    const double x20 = x17 != 0.0 ? x19 : 0x0.0p+0;
    const double x21 = fabs(x0);
    const double x22 = x20 != 0.0 ? 0x1.0000000000000p+0 : x21;
    const double x23 = 0x1.0000000000000p-1 * x13;
    const double x24 = calculus_pow(x22, x23);
    const double x25 = copysign(0x1.0000000000000p+0, x14);
    const double x26 = x3 * x24;
    const double x27 = x25 * x26;
    const double x28 = x27 * x24;
    const double x29 = x14 == x14 ? 1.0 : 0.0;
    const double x30 = x24 != 0.0 ? x28 : 0x0.0p+0;
    const double x31 = x29 != 0.0 ? x30 : x15;
    const double x32 = 0x1.0000000000000p+0 != 0.0 ? x15 : x15;
    const double x33 = x20 != 0.0 ? x32 : x31;
    const double x34 = x3 == x3 ? 1.0 : 0.0;
    const double x35 = x34 != 0.0 ? x33 : x3;
    const double x36 = x3 != 0.0 ? x35 : 0x0.0p+0;
    const double x37 = x0 != 0.0 ? 0x1.0000000000000p+0 : x1;
    const double x38 = x37 != 0.0 ? x36 : 0x0.0p+0;
    return x38;
}

static double calculus_map_39(double x0, double x1)
{
    const double x2 = x0 < x1 ? 1.0 : 0.0;
    const double x3 = x2 != 0.0 ? x1 : x0;
    const double x4 = x1 == x1 ? 1.0 : 0.0;
    const double x5 = x4 != 0.0 ? x3 : NAN;
    const double x6 = x0 == x0 ? 1.0 : 0.0;
    const double x7 = x6 != 0.0 ? x5 : NAN;
    return x7;
}

static double calculus_map_40(double x0, double x1)
{
    const double x2 = x1 < x0 ? 1.0 : 0.0;
    const double x3 = x2 != 0.0 ? x1 : x0;
    const double x4 = x1 == x1 ? 1.0 : 0.0;
    const double x5 = x4 != 0.0 ? x3 : NAN;
    const double x6 = x0 == x0 ? 1.0 : 0.0;
    const double x7 = x6 != 0.0 ? x5 : NAN;
    return x7;
}

static double calculus_map_41(double x0, double x1, double x2)
{
    const double x3 = calculus_map_39(x0, x1);
    const double x4 = calculus_map_40(x3, x2);
    return x4;
}

static double calculus_map_42(double x0, double x1)
{
    const double x2 = fabs(x1);
    const double x3 = calculus_log2(x2);
    const double x4 = floor(x3) + 0.0;
    const double x5 = x1 != 0.0 ? x4 : 0x0.0p+0;
    const double x6 = -x5;
    const double x7 = calculus_map_41(x6, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x8 = calculus_pow(0x1.0000000000000p+1, x7);
    const double x9 = x6 - x7;
    const double x10 = calculus_map_41(x9, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x11 = calculus_pow(0x1.0000000000000p+1, x10);
    const double x12 = x1 * x8;
    const double x13 = x12 * x11;
    const double x14 = fabs(x0);
    const double x15 = fabs(x1);
    const double x16 = calculus_map_39(x14, x15);
    const double x17 = fabs(x16);
    const double x18 = calculus_log2(x17);
    const double x19 = floor(x18) + 0.0;
    const double x20 = x16 != 0.0 ? x19 : 0x0.0p+0;
    const double x21 = -x20;
    const double x22 = calculus_map_41(x21, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x23 = calculus_pow(0x1.0000000000000p+1, x22);
    const double x24 = x21 - x22;
    const double x25 = calculus_map_41(x24, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x26 = calculus_pow(0x1.0000000000000p+1, x25);
    const double x27 = x0 * x23;
    const double x28 = x27 * x26;
    const double x29 = x1 * x23;
    const double x30 = x29 * x26;
    const double x31 = x13 * x13;
    const double x32 = calculus_map_10(x28, x30);
    const double x33 = x32 * x32;
    const double x34 = x33 * x32;
    const double x35 = x31 / x34;
    const double x36 = x5 + x5;
    const double x37 = 0x1.8000000000000p+1 * x20;
    const double x38 = x36 - x37;
    const double x39 = calculus_map_41(x38, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x40 = calculus_pow(0x1.0000000000000p+1, x39);
    const double x41 = x38 - x39;
    const double x42 = calculus_map_41(x41, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x43 = calculus_pow(0x1.0000000000000p+1, x42);
    const double x44 = x35 * x40;
    const double x45 = x44 * x43;
    const double x46 = calculus_map_32(x16, INFINITY);
    const double x47 = 0x1.0000000000000p+0 / x16;
    const double x48 = x46 != 0.0 ? x47 : x45;
    return x48;
}

static double calculus_map_43(double x0, double x1)
{
    const double x2 = fabs(x0);
    const double x3 = calculus_log2(x2);
    const double x4 = floor(x3) + 0.0;
    const double x5 = x0 != 0.0 ? x4 : 0x0.0p+0;
    const double x6 = -x5;
    const double x7 = calculus_map_41(x6, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x8 = calculus_pow(0x1.0000000000000p+1, x7);
    const double x9 = x6 - x7;
    const double x10 = calculus_map_41(x9, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x11 = calculus_pow(0x1.0000000000000p+1, x10);
    const double x12 = x0 * x8;
    const double x13 = x12 * x11;
    const double x14 = fabs(x1);
    const double x15 = calculus_log2(x14);
    const double x16 = floor(x15) + 0.0;
    const double x17 = x1 != 0.0 ? x16 : 0x0.0p+0;
    const double x18 = -x17;
    const double x19 = calculus_map_41(x18, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x20 = calculus_pow(0x1.0000000000000p+1, x19);
    const double x21 = x18 - x19;
    const double x22 = calculus_map_41(x21, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x23 = calculus_pow(0x1.0000000000000p+1, x22);
    const double x24 = x1 * x20;
    const double x25 = x24 * x23;
    const double x26 = fabs(x0);
    const double x27 = fabs(x1);
    const double x28 = calculus_map_39(x26, x27);
    const double x29 = fabs(x28);
    const double x30 = calculus_log2(x29);
    const double x31 = floor(x30) + 0.0;
    const double x32 = x28 != 0.0 ? x31 : 0x0.0p+0;
    const double x33 = -x32;
    const double x34 = calculus_map_41(x33, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x35 = calculus_pow(0x1.0000000000000p+1, x34);
    const double x36 = x33 - x34;
    const double x37 = calculus_map_41(x36, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x38 = calculus_pow(0x1.0000000000000p+1, x37);
    const double x39 = x0 * x35;
    const double x40 = x39 * x38;
    const double x41 = x1 * x35;
    const double x42 = x41 * x38;
    const double x43 = x13 * x25;
    const double x44 = calculus_map_10(x40, x42);
    const double x45 = x44 * x44;
    const double x46 = x45 * x44;
    const double x47 = x43 / x46;
    const double x48 = x5 + x17;
    const double x49 = 0x1.8000000000000p+1 * x32;
    const double x50 = x48 - x49;
    const double x51 = calculus_map_41(x50, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x52 = calculus_pow(0x1.0000000000000p+1, x51);
    const double x53 = x50 - x51;
    const double x54 = calculus_map_41(x53, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x55 = calculus_pow(0x1.0000000000000p+1, x54);
    const double x56 = x47 * x52;
    const double x57 = x56 * x55;
    const double x58 = calculus_map_32(x28, INFINITY);
    const double x59 = 0x1.0000000000000p+0 / x28;
    const double x60 = x58 != 0.0 ? x59 : x57;
    const double x61 = -x60;
    return x61;
}

static double calculus_map_44(double x0, double x1)
{
    const double x2 = fabs(x0);
    const double x3 = fabs(x1);
    const double x4 = calculus_map_39(x2, x3);
    const double x5 = fabs(x4);
    const double x6 = calculus_log2(x5);
    const double x7 = floor(x6) + 0.0;
    const double x8 = x4 != 0.0 ? x7 : 0x0.0p+0;
    const double x9 = -x8;
    const double x10 = calculus_map_41(x9, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x11 = calculus_pow(0x1.0000000000000p+1, x10);
    const double x12 = x9 - x10;
    const double x13 = calculus_map_41(x12, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x14 = calculus_pow(0x1.0000000000000p+1, x13);
    const double x15 = x0 * x11;
    const double x16 = x15 * x14;
    const double x17 = x1 * x11;
    const double x18 = x17 * x14;
    const double x19 = x18 - x16;
    const double x20 = x18 + x16;
    const double x21 = x19 * x20;
    const double x22 = calculus_map_10(x16, x18);
    const double x23 = x22 * x22;
    const double x24 = x23 * x22;
    const double x25 = x24 * x22;
    const double x26 = x21 / x25;
    const double x27 = x8 + x8;
    const double x28 = 0x1.0000000000000p+2 * x8;
    const double x29 = x27 - x28;
    const double x30 = calculus_map_41(x29, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x31 = calculus_pow(0x1.0000000000000p+1, x30);
    const double x32 = x29 - x30;
    const double x33 = calculus_map_41(x32, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x34 = calculus_pow(0x1.0000000000000p+1, x33);
    const double x35 = x26 * x31;
    const double x36 = x35 * x34;
    const double x37 = calculus_map_32(x4, INFINITY);
    const double x38 = 0x1.0000000000000p+0 / x4;
    const double x39 = x37 != 0.0 ? x38 : x36;
    return x39;
}

static double calculus_map_45(double x0, double x1)
{
    const double x2 = fabs(x0);
    const double x3 = calculus_log2(x2);
    const double x4 = floor(x3) + 0.0;
    const double x5 = x0 != 0.0 ? x4 : 0x0.0p+0;
    const double x6 = -x5;
    const double x7 = calculus_map_41(x6, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x8 = calculus_pow(0x1.0000000000000p+1, x7);
    const double x9 = x6 - x7;
    const double x10 = calculus_map_41(x9, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x11 = calculus_pow(0x1.0000000000000p+1, x10);
    const double x12 = x0 * x8;
    const double x13 = x12 * x11;
    const double x14 = fabs(x1);
    const double x15 = calculus_log2(x14);
    const double x16 = floor(x15) + 0.0;
    const double x17 = x1 != 0.0 ? x16 : 0x0.0p+0;
    const double x18 = -x17;
    const double x19 = calculus_map_41(x18, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x20 = calculus_pow(0x1.0000000000000p+1, x19);
    const double x21 = x18 - x19;
    const double x22 = calculus_map_41(x21, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x23 = calculus_pow(0x1.0000000000000p+1, x22);
    const double x24 = x1 * x20;
    const double x25 = x24 * x23;
    const double x26 = fabs(x0);
    const double x27 = fabs(x1);
    const double x28 = calculus_map_39(x26, x27);
    const double x29 = fabs(x28);
    const double x30 = calculus_log2(x29);
    const double x31 = floor(x30) + 0.0;
    const double x32 = x28 != 0.0 ? x31 : 0x0.0p+0;
    const double x33 = -x32;
    const double x34 = calculus_map_41(x33, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x35 = calculus_pow(0x1.0000000000000p+1, x34);
    const double x36 = x33 - x34;
    const double x37 = calculus_map_41(x36, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x38 = calculus_pow(0x1.0000000000000p+1, x37);
    const double x39 = x0 * x35;
    const double x40 = x39 * x38;
    const double x41 = x1 * x35;
    const double x42 = x41 * x38;
    const double x43 = x13 * x25;
    const double x44 = calculus_map_10(x40, x42);
    const double x45 = x44 * x44;
    const double x46 = x45 * x44;
    const double x47 = x46 * x44;
    const double x48 = x43 / x47;
    const double x49 = x5 + x17;
    const double x50 = 0x1.0000000000000p+2 * x32;
    const double x51 = x49 - x50;
    const double x52 = calculus_map_41(x51, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x53 = calculus_pow(0x1.0000000000000p+1, x52);
    const double x54 = x51 - x52;
    const double x55 = calculus_map_41(x54, (-0x1.f400000000000p+9), 0x1.f400000000000p+9);
    const double x56 = calculus_pow(0x1.0000000000000p+1, x55);
    const double x57 = x48 * x53;
    const double x58 = x57 * x56;
    const double x59 = calculus_map_32(x28, INFINITY);
    const double x60 = 0x1.0000000000000p+0 / x28;
    const double x61 = x59 != 0.0 ? x60 : x58;
    const double x62 = (-0x1.0000000000000p+1) * x61;
    return x62;
}

static double calculus_map_46(double x0)
{
    const double x1 = fabs(x0);
    const double x2 = -x1;
    const double x3 = x2 < (-0x1.5e00000000000p+9) ? 1.0 : 0.0;
    const double x4 = 0x1.0000000000000p-1 * x2;
    const double x5 = x3 != 0.0 ? x4 : x2;
    const double x6 = calculus_exp(x5);
    const double x7 = 0x1.0000000000000p+0 + x6;
    const double x8 = 0x1.0000000000000p+1 * x7;
    const double x9 = fabs(x0);
    const double x10 = 0x1.0000000000000p+0 - x6;
    const double x11 = x9 * x10;
    const double x12 = x8 - x11;
    const double x13 = 0x1.0000000000000p+0 + x6;
    const double x14 = 0x1.0000000000000p+0 + x6;
    const double x15 = x13 * x14;
    const double x16 = 0x1.0000000000000p+0 + x6;
    const double x17 = x15 * x16;
    const double x18 = x12 / x17;
    const double x19 = x18 * x6;
    const double x20 = x2 == (-INFINITY) ? 1.0 : 0.0;
    const double x21 = x19 * x6;
    const double x22 = x20 != 0.0 ? 0x0.0p+0 : x21;
    const double x23 = x3 != 0.0 ? x22 : x19;
    return x23;
}

static double calculus_map_47(double x0, double x1)
{
    const double x2 = x0 == x1 ? 1.0 : 0.0;
    const double x3 = x0 - x1;
    const double x4 = x2 != 0.0 ? 0x0.0p+0 : x3;
    const double x5 = calculus_exp(x4);
    return x5;
}

static double calculus_map_48(double x0, double x1)
{
    const double x2 = x0 + x1;
    const double x3 = x0 / x2;
    return x3;
}

static double calculus_map_49(double x0)
{
    return x0;
}

static double calculus_map_50(double x0)
{
    return x0;
}

static double value_add(double x0, double x1, double x2)
{
    const double x3 = x0 + x1;
    return x3;
}

static double value_sub(double x0, double x1, double x2)
{
    const double x3 = x0 - x1;
    return x3;
}

static double value_mul(double x0, double x1, double x2)
{
    const double x3 = x0 * x1;
    return x3;
}

static double rule_mul_0(double x0, double x1, double x2)
{
    return x1;
}

static double rule_mul_1(double x0, double x1, double x2)
{
    return x0;
}

static double value_div(double x0, double x1, double x2)
{
    const double x3 = x0 / x1;
    return x3;
}

static double rule_div_0(double x0, double x1, double x2)
{
    const double x3 = 0x1.0000000000000p+0 / x1;
    return x3;
}

static double rule_div_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_0(x0, x1);
    return x3;
}

static double value_mod(double x0, double x1, double x2)
{
    const double x3 = calculus_map_1(x0, x1);
    return x3;
}

static double rule_mod_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_2(x0, x1);
    const double x4 = -x3;
    return x4;
}

static double value_floordiv(double x0, double x1, double x2)
{
    const double x3 = calculus_map_2(x0, x1);
    return x3;
}

static double value_pow(double x0, double x1, double x2)
{
    const double x3 = calculus_pow(x0, x1);
    return x3;
}

static double rule_pow_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_3(x0, x1);
    return x3;
}

static double rule_pow_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_4(x0, x1);
    return x3;
}

static double value_neg(double x0, double x1, double x2)
{
    const double x3 = -x0;
    return x3;
}

static double value_abs(double x0, double x1, double x2)
{
    const double x3 = fabs(x0);
    return x3;
}

static double rule_abs_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_5(x0);
    return x3;
}

static double value_exp(double x0, double x1, double x2)
{
    const double x3 = calculus_exp(x0);
    return x3;
}

static double rule_exp_0(double x0, double x1, double x2)
{
    return x2;
}

static double value_expm1(double x0, double x1, double x2)
{
    const double x3 = calculus_expm1(x0);
    return x3;
}

static double rule_expm1_0(double x0, double x1, double x2)
{
    const double x3 = calculus_exp(x0);
    return x3;
}

static double value_log(double x0, double x1, double x2)
{
    const double x3 = calculus_log(x0);
    return x3;
}

static double rule_log_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_6(x0);
    const double x4 = 0x1.0000000000000p+0 / x3;
    return x4;
}

static double value_log1p(double x0, double x1, double x2)
{
    const double x3 = calculus_log1p(x0);
    return x3;
}

static double rule_log1p_0(double x0, double x1, double x2)
{
    const double x3 = 0x1.0000000000000p+0 + x0;
    const double x4 = calculus_map_6(x3);
    const double x5 = 0x1.0000000000000p+0 / x4;
    return x5;
}

static double value_log2(double x0, double x1, double x2)
{
    const double x3 = calculus_log2(x0);
    return x3;
}

static double rule_log2_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_6(x0);
    const double x4 = 0x1.71547652b82fep+0 / x3;
    return x4;
}

static double value_log10(double x0, double x1, double x2)
{
    const double x3 = calculus_log10(x0);
    return x3;
}

static double rule_log10_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_6(x0);
    const double x4 = 0x1.bcb7b1526e50dp-2 / x3;
    return x4;
}

static double value_sqrt(double x0, double x1, double x2)
{
    const double x3 = sqrt(x0);
    return x3;
}

static double rule_sqrt_0(double x0, double x1, double x2)
{
    const double x3 = 0x1.0000000000000p-1 / x2;
    return x3;
}

static double value_cbrt(double x0, double x1, double x2)
{
    const double x3 = calculus_map_7(x0);
    return x3;
}

static double rule_cbrt_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_8(x0);
    return x3;
}

static double value_sin(double x0, double x1, double x2)
{
    const double x3 = calculus_sin(x0);
    return x3;
}

static double rule_sin_0(double x0, double x1, double x2)
{
    const double x3 = calculus_cos(x0);
    return x3;
}

static double value_cos(double x0, double x1, double x2)
{
    const double x3 = calculus_cos(x0);
    return x3;
}

static double rule_cos_0(double x0, double x1, double x2)
{
    const double x3 = calculus_sin(x0);
    const double x4 = -x3;
    return x4;
}

static double value_tan(double x0, double x1, double x2)
{
    const double x3 = calculus_tan(x0);
    return x3;
}

static double rule_tan_0(double x0, double x1, double x2)
{
    const double x3 = x2 * x2;
    const double x4 = 0x1.0000000000000p+0 + x3;
    return x4;
}

static double value_asin(double x0, double x1, double x2)
{
    const double x3 = calculus_asin(x0);
    return x3;
}

static double rule_asin_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_9(x0);
    return x3;
}

static double value_acos(double x0, double x1, double x2)
{
    const double x3 = calculus_acos(x0);
    return x3;
}

static double rule_acos_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_9(x0);
    const double x4 = -x3;
    return x4;
}

static double value_atan(double x0, double x1, double x2)
{
    const double x3 = calculus_atan(x0);
    return x3;
}

static double rule_atan_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_10(0x1.0000000000000p+0, x0);
    const double x4 = 0x1.0000000000000p+0 / x3;
    const double x5 = calculus_map_10(0x1.0000000000000p+0, x0);
    const double x6 = x4 / x5;
    return x6;
}

static double value_atan2(double x0, double x1, double x2)
{
    const double x3 = calculus_atan2(x0, x1);
    return x3;
}

static double rule_atan2_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x1, x0);
    return x3;
}

static double rule_atan2_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x0, x1);
    const double x4 = -x3;
    return x4;
}

static double value_sinh(double x0, double x1, double x2)
{
    const double x3 = calculus_sinh(x0);
    return x3;
}

static double rule_sinh_0(double x0, double x1, double x2)
{
    const double x3 = calculus_cosh(x0);
    return x3;
}

static double value_cosh(double x0, double x1, double x2)
{
    const double x3 = calculus_cosh(x0);
    return x3;
}

static double rule_cosh_0(double x0, double x1, double x2)
{
    const double x3 = calculus_sinh(x0);
    return x3;
}

static double value_tanh(double x0, double x1, double x2)
{
    const double x3 = calculus_tanh(x0);
    return x3;
}

static double rule_tanh_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_12(x0);
    return x3;
}

static double value_asinh(double x0, double x1, double x2)
{
    const double x3 = calculus_asinh(x0);
    return x3;
}

static double rule_asinh_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_10(0x1.0000000000000p+0, x0);
    const double x4 = 0x1.0000000000000p+0 / x3;
    return x4;
}

static double value_acosh(double x0, double x1, double x2)
{
    const double x3 = calculus_acosh(x0);
    return x3;
}

static double rule_acosh_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_13(x0);
    return x3;
}

static double value_atanh(double x0, double x1, double x2)
{
    const double x3 = calculus_atanh(x0);
    return x3;
}

static double rule_atanh_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_14(x0);
    return x3;
}

static double value_hypot(double x0, double x1, double x2)
{
    const double x3 = calculus_map_10(x0, x1);
    return x3;
}

static double rule_hypot_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_15(x0, x1);
    return x3;
}

static double rule_hypot_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_15(x1, x0);
    return x3;
}

static double value_sigmoid(double x0, double x1, double x2)
{
    const double x3 = calculus_map_16(x0);
    return x3;
}

static double rule_sigmoid_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_17(x0);
    return x3;
}

static double value_relu(double x0, double x1, double x2)
{
    const double x3 = calculus_map_18(x0);
    return x3;
}

static double rule_relu_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_19(x0);
    return x3;
}

static double value_leaky_relu(double x0, double x1, double x2)
{
    const double x3 = calculus_map_20(x0, x1);
    return x3;
}

static double rule_leaky_relu_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_19(x0);
    const double x4 = calculus_map_19(x0);
    const double x5 = x3 != 0.0 ? x4 : x1;
    return x5;
}

static double rule_leaky_relu_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_19(x0);
    const double x4 = x3 != 0.0 ? 0x0.0p+0 : x0;
    return x4;
}

static double value_elu(double x0, double x1, double x2)
{
    const double x3 = calculus_map_21(x0, x1);
    return x3;
}

static double rule_elu_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_19(x0);
    const double x4 = calculus_map_19(x0);
    const double x5 = calculus_map_22(x0, x1);
    const double x6 = x3 != 0.0 ? x4 : x5;
    return x6;
}

static double rule_elu_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_19(x0);
    const double x4 = calculus_expm1(x0);
    const double x5 = x3 != 0.0 ? 0x0.0p+0 : x4;
    return x5;
}

static double value_silu(double x0, double x1, double x2)
{
    const double x3 = calculus_map_23(x0);
    return x3;
}

static double rule_silu_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_24(x0);
    return x3;
}

static double value_gelu(double x0, double x1, double x2)
{
    const double x3 = calculus_map_28(x0);
    return x3;
}

static double rule_gelu_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_29(x0);
    return x3;
}

static double value_softplus(double x0, double x1, double x2)
{
    const double x3 = calculus_map_30(x0);
    return x3;
}

static double rule_softplus_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_16(x0);
    return x3;
}

static double value_erf(double x0, double x1, double x2)
{
    const double x3 = calculus_erf(x0);
    return x3;
}

static double rule_erf_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_31(x0);
    const double x4 = 0x1.20dd750429b6dp+0 * x3;
    return x4;
}

static double value_step(double x0, double x1, double x2)
{
    const double x3 = calculus_map_19(x0);
    return x3;
}

static double value_sign(double x0, double x1, double x2)
{
    const double x3 = calculus_map_5(x0);
    return x3;
}

static double value_floor(double x0, double x1, double x2)
{
    const double x3 = floor(x0) + 0.0;
    return x3;
}

static double value_ceil(double x0, double x1, double x2)
{
    const double x3 = ceil(x0) + 0.0;
    return x3;
}

static double value_round(double x0, double x1, double x2)
{
    const double x3 = rint(x0) + 0.0;
    return x3;
}

static double value_trunc(double x0, double x1, double x2)
{
    const double x3 = trunc(x0) + 0.0;
    return x3;
}

static double value_equal(double x0, double x1, double x2)
{
    const double x3 = calculus_map_32(x0, x1);
    return x3;
}

static double value_greater(double x0, double x1, double x2)
{
    const double x3 = calculus_map_33(x0, x1);
    return x3;
}

static double value_fold_in(double x0, double x1, double x2)
{
    const double x3 = calculus_map_34(x0, x1);
    return x3;
}

static double value_strong_product(double x0, double x1, double x2)
{
    const double x3 = calculus_map_26(x0, x1);
    return x3;
}

static double rule_strong_product_0(double x0, double x1, double x2)
{
    return x1;
}

static double rule_strong_product_1(double x0, double x1, double x2)
{
    return x0;
}

static double value_div_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_0(x0, x1);
    return x3;
}

static double rule_div_slope_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_0(0x1.0000000000000p+0, x1);
    return x3;
}

static double rule_div_slope_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_35(x0, x1);
    return x3;
}

static double value_div_bend(double x0, double x1, double x2)
{
    const double x3 = calculus_map_35(x0, x1);
    return x3;
}

static double rule_div_bend_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_35(0x1.0000000000000p+0, x1);
    return x3;
}

static double rule_div_bend_1(double x0, double x1, double x2)
{
    const double x3 = x2 / x1;
    const double x4 = (-0x1.8000000000000p+1) * x3;
    return x4;
}

static double value_power_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_3(x0, x1);
    return x3;
}

static double rule_power_slope_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_36(x0, x1);
    return x3;
}

static double rule_power_slope_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_37(x0, x1);
    return x3;
}

static double value_power_bend(double x0, double x1, double x2)
{
    const double x3 = calculus_map_36(x0, x1);
    return x3;
}

static double rule_power_bend_0(double x0, double x1, double x2)
{
    const double x3 = fabs(x1);
    const double x4 = x3 - 0x1.0000000000000p+0;
    const double x5 = calculus_map_19(x4);
    const double x6 = x1 - 0x1.0000000000000p+0;
    const double x7 = calculus_map_36(x0, x6);
    const double x8 = calculus_map_26(x1, x7);
    const double x9 = x1 - 0x1.0000000000000p+1;
    const double x10 = x9 / x0;
    const double x11 = calculus_map_26(x2, x10);
    const double x12 = x5 != 0.0 ? x8 : x11;
    return x12;
}

static double rule_power_bend_1(double x0, double x1, double x2)
{
    const double x3 = x1 - 0x1.0000000000000p+1;
    const double x4 = calculus_pow(x0, x3);
    const double x5 = 0x1.0000000000000p+1 * x1;
    const double x6 = x5 - 0x1.0000000000000p+0;
    const double x7 = x1 - 0x1.0000000000000p+0;
    const double x8 = x1 * x7;
    const double x9 = calculus_log(x0);
    const double x10 = calculus_map_26(x8, x9);
    const double x11 = x6 + x10;
    const double x12 = calculus_map_26(x4, x11);
    return x12;
}

static double value_power_mixed(double x0, double x1, double x2)
{
    const double x3 = calculus_map_37(x0, x1);
    return x3;
}

static double rule_power_mixed_0(double x0, double x1, double x2)
{
    const double x3 = x1 - 0x1.0000000000000p+1;
    const double x4 = calculus_pow(x0, x3);
    const double x5 = 0x1.0000000000000p+1 * x1;
    const double x6 = x5 - 0x1.0000000000000p+0;
    const double x7 = x1 - 0x1.0000000000000p+0;
    const double x8 = x1 * x7;
    const double x9 = calculus_log(x0);
    const double x10 = calculus_map_26(x8, x9);
    const double x11 = x6 + x10;
    const double x12 = calculus_map_26(x4, x11);
    return x12;
}

static double rule_power_mixed_1(double x0, double x1, double x2)
{
    const double x3 = x1 - 0x1.0000000000000p+0;
    const double x4 = calculus_pow(x0, x3);
    const double x5 = calculus_log(x0);
    const double x6 = calculus_log(x0);
    const double x7 = calculus_map_26(x1, x6);
    const double x8 = 0x1.0000000000000p+1 + x7;
    const double x9 = calculus_map_26(x5, x8);
    const double x10 = calculus_map_26(x4, x9);
    return x10;
}

static double value_power_log(double x0, double x1, double x2)
{
    const double x3 = calculus_map_4(x0, x1);
    return x3;
}

static double rule_power_log_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_37(x0, x1);
    return x3;
}

static double rule_power_log_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_38(x0, x1);
    return x3;
}

static double value_power_log_square(double x0, double x1, double x2)
{
    const double x3 = calculus_map_38(x0, x1);
    return x3;
}

static double rule_power_log_square_0(double x0, double x1, double x2)
{
    const double x3 = x1 - 0x1.0000000000000p+0;
    const double x4 = calculus_pow(x0, x3);
    const double x5 = calculus_log(x0);
    const double x6 = calculus_log(x0);
    const double x7 = calculus_map_26(x1, x6);
    const double x8 = 0x1.0000000000000p+1 + x7;
    const double x9 = calculus_map_26(x5, x8);
    const double x10 = calculus_map_26(x4, x9);
    return x10;
}

static double rule_power_log_square_1(double x0, double x1, double x2)
{
    const double x3 = calculus_log(x0);
    const double x4 = calculus_map_26(x2, x3);
    return x4;
}

static double value_cbrt_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_8(x0);
    return x3;
}

static double rule_cbrt_slope_0(double x0, double x1, double x2)
{
    const double x3 = 0x1.0000000000000p+1 * x2;
    const double x4 = 0x1.8000000000000p+1 * x0;
    const double x5 = x3 / x4;
    const double x6 = -x5;
    return x6;
}

static double value_nonnegative(double x0, double x1, double x2)
{
    const double x3 = calculus_map_6(x0);
    return x3;
}

static double value_asin_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_9(x0);
    return x3;
}

static double rule_asin_slope_0(double x0, double x1, double x2)
{
    const double x3 = x0 * x2;
    const double x4 = 0x1.0000000000000p+0 - x0;
    const double x5 = 0x1.0000000000000p+0 + x0;
    const double x6 = x4 * x5;
    const double x7 = x3 / x6;
    return x7;
}

static double value_acosh_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_13(x0);
    return x3;
}

static double rule_acosh_slope_0(double x0, double x1, double x2)
{
    const double x3 = x0 - 0x1.0000000000000p+0;
    const double x4 = x0 / x3;
    const double x5 = x4 * x2;
    const double x6 = x0 + 0x1.0000000000000p+0;
    const double x7 = x5 / x6;
    const double x8 = -x7;
    return x8;
}

static double value_atanh_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_14(x0);
    return x3;
}

static double rule_atanh_slope_0(double x0, double x1, double x2)
{
    const double x3 = 0x1.0000000000000p+1 * x0;
    const double x4 = x3 * x2;
    const double x5 = x4 * x2;
    return x5;
}

static double value_unit(double x0, double x1, double x2)
{
    const double x3 = calculus_map_15(x0, x1);
    return x3;
}

static double rule_unit_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_42(x0, x1);
    return x3;
}

static double rule_unit_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_43(x0, x1);
    return x3;
}

static double value_inversion(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x0, x1);
    return x3;
}

static double rule_inversion_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_44(x0, x1);
    return x3;
}

static double rule_inversion_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_45(x0, x1);
    return x3;
}

static double value_unit_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_42(x0, x1);
    return x3;
}

static double rule_unit_slope_0(double x0, double x1, double x2)
{
    const double x3 = (-0x1.8000000000000p+1) * x2;
    const double x4 = calculus_map_11(x0, x1);
    const double x5 = x3 * x4;
    return x5;
}

static double rule_unit_slope_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x1, x0);
    const double x4 = calculus_map_42(x1, x0);
    const double x5 = 0x1.0000000000000p+1 * x4;
    const double x6 = x5 - x2;
    const double x7 = x3 * x6;
    return x7;
}

static double value_unit_mixed(double x0, double x1, double x2)
{
    const double x3 = calculus_map_43(x0, x1);
    return x3;
}

static double rule_unit_mixed_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x1, x0);
    const double x4 = calculus_map_42(x1, x0);
    const double x5 = 0x1.0000000000000p+1 * x4;
    const double x6 = calculus_map_42(x0, x1);
    const double x7 = x5 - x6;
    const double x8 = x3 * x7;
    return x8;
}

static double rule_unit_mixed_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x0, x1);
    const double x4 = calculus_map_42(x0, x1);
    const double x5 = 0x1.0000000000000p+1 * x4;
    const double x6 = calculus_map_42(x1, x0);
    const double x7 = x5 - x6;
    const double x8 = x3 * x7;
    return x8;
}

static double value_inversion_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_44(x0, x1);
    return x3;
}

static double rule_inversion_slope_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x1, x0);
    const double x4 = calculus_map_45(x0, x1);
    const double x5 = x3 * x4;
    const double x6 = calculus_map_11(x0, x1);
    const double x7 = x6 * x2;
    const double x8 = x5 - x7;
    const double x9 = 0x1.0000000000000p+1 * x8;
    return x9;
}

static double rule_inversion_slope_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x0, x1);
    const double x4 = calculus_map_45(x0, x1);
    const double x5 = x3 * x4;
    const double x6 = calculus_map_11(x1, x0);
    const double x7 = x6 * x2;
    const double x8 = x5 + x7;
    const double x9 = (-0x1.0000000000000p+1) * x8;
    return x9;
}

static double value_inversion_mixed(double x0, double x1, double x2)
{
    const double x3 = calculus_map_45(x0, x1);
    return x3;
}

static double rule_inversion_mixed_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x0, x1);
    const double x4 = x3 * x2;
    const double x5 = calculus_map_11(x1, x0);
    const double x6 = calculus_map_44(x0, x1);
    const double x7 = x5 * x6;
    const double x8 = x4 + x7;
    const double x9 = (-0x1.0000000000000p+1) * x8;
    return x9;
}

static double rule_inversion_mixed_1(double x0, double x1, double x2)
{
    const double x3 = calculus_map_11(x0, x1);
    const double x4 = calculus_map_44(x0, x1);
    const double x5 = x3 * x4;
    const double x6 = calculus_map_11(x1, x0);
    const double x7 = x6 * x2;
    const double x8 = x5 - x7;
    const double x9 = 0x1.0000000000000p+1 * x8;
    return x9;
}

static double value_sech2(double x0, double x1, double x2)
{
    const double x3 = calculus_map_12(x0);
    return x3;
}

static double rule_sech2_0(double x0, double x1, double x2)
{
    const double x3 = calculus_tanh(x0);
    const double x4 = (-0x1.0000000000000p+1) * x3;
    const double x5 = x4 * x2;
    return x5;
}

static double value_sigmoid_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_17(x0);
    return x3;
}

static double rule_sigmoid_slope_0(double x0, double x1, double x2)
{
    const double x3 = 0x1.0000000000000p-1 * x0;
    const double x4 = calculus_tanh(x3);
    const double x5 = -x4;
    const double x6 = x5 * x2;
    return x6;
}

static double value_silu_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_24(x0);
    return x3;
}

static double rule_silu_slope_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_46(x0);
    return x3;
}

static double value_silu_bend(double x0, double x1, double x2)
{
    const double x3 = calculus_map_46(x0);
    return x3;
}

static double rule_silu_bend_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_17(x0);
    const double x4 = calculus_map_17(x0);
    const double x5 = 0x1.8000000000000p+2 * x4;
    const double x6 = 0x1.0000000000000p+0 - x5;
    const double x7 = x0 * x6;
    const double x8 = 0x1.0000000000000p-1 * x0;
    const double x9 = calculus_tanh(x8);
    const double x10 = 0x1.8000000000000p+1 * x9;
    const double x11 = x7 - x10;
    const double x12 = calculus_map_26(x3, x11);
    return x12;
}

static double value_scaled_exp(double x0, double x1, double x2)
{
    const double x3 = calculus_map_22(x0, x1);
    return x3;
}

static double rule_scaled_exp_0(double x0, double x1, double x2)
{
    return x2;
}

static double rule_scaled_exp_1(double x0, double x1, double x2)
{
    const double x3 = calculus_exp(x0);
    return x3;
}

static double value_gelu_slope(double x0, double x1, double x2)
{
    const double x3 = calculus_map_29(x0);
    return x3;
}

static double rule_gelu_slope_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_25(x0);
    const double x4 = x0 * x0;
    const double x5 = 0x1.0000000000000p+1 - x4;
    const double x6 = calculus_map_26(x3, x5);
    return x6;
}

static double value_gauss(double x0, double x1, double x2)
{
    const double x3 = calculus_map_31(x0);
    return x3;
}

static double rule_gauss_0(double x0, double x1, double x2)
{
    const double x3 = (-0x1.0000000000000p+1) * x0;
    const double x4 = calculus_map_26(x2, x3);
    return x4;
}

static double value_normal_density(double x0, double x1, double x2)
{
    const double x3 = calculus_map_25(x0);
    return x3;
}

static double rule_normal_density_0(double x0, double x1, double x2)
{
    const double x3 = -x0;
    const double x4 = calculus_map_26(x2, x3);
    return x4;
}

static double value_normal_distribution(double x0, double x1, double x2)
{
    const double x3 = calculus_map_27(x0);
    return x3;
}

static double rule_normal_distribution_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_25(x0);
    return x3;
}

static double value_exp_difference(double x0, double x1, double x2)
{
    const double x3 = calculus_map_47(x0, x1);
    return x3;
}

static double rule_exp_difference_0(double x0, double x1, double x2)
{
    return x2;
}

static double value_share(double x0, double x1, double x2)
{
    const double x3 = calculus_map_48(x0, x1);
    return x3;
}

static double rule_share_0(double x0, double x1, double x2)
{
    const double x3 = calculus_map_48(x1, x0);
    const double x4 = x0 + x1;
    const double x5 = x3 / x4;
    return x5;
}

static double rule_share_1(double x0, double x1, double x2)
{
    const double x3 = x0 + x1;
    const double x4 = x2 / x3;
    const double x5 = -x4;
    return x5;
}

static double value_identity(double x0, double x1, double x2)
{
    const double x3 = calculus_map_49(x0);
    return x3;
}

static double value_fixed(double x0, double x1, double x2)
{
    const double x3 = calculus_map_50(x0);
    return x3;
}

static double value_less(double x0, double x1, double x2)
{
    const double x3 = x0 < x1 ? 1.0 : 0.0;
    return x3;
}

static double value_at_most(double x0, double x1, double x2)
{
    const double x3 = x0 <= x1 ? 1.0 : 0.0;
    return x3;
}

static double value_same(double x0, double x1, double x2)
{
    const double x3 = x0 == x1 ? 1.0 : 0.0;
    return x3;
}

static double value_copysign(double x0, double x1, double x2)
{
    const double x3 = copysign(x0, x1);
    return x3;
}

static double value_fmod(double x0, double x1, double x2)
{
    const double x3 = fmod(x0, x1);
    return x3;
}

static double value_erfc(double x0, double x1, double x2)
{
    const double x3 = calculus_erfc(x0);
    return x3;
}

static double value_root(double x0, double x1, double x2)
{
    const double x3 = calculus_cbrt(x0);
    return x3;
}

static const Row ROWS[] = {
    {"add", 2, 0, value_add, {{ONE, 1.0, 0}, {ONE, 1.0, 0}}},
    {"sub", 2, 0, value_sub, {{ONE, 1.0, 0}, {CONSTANT, (-0x1.0000000000000p+0), 0}}},
    {"mul", 2, 0, value_mul, {{FUNCTION, 0.0, rule_mul_0}, {FUNCTION, 0.0, rule_mul_1}}},
    {"div", 2, 1, value_div, {{FUNCTION, 0.0, rule_div_0}, {FUNCTION, 0.0, rule_div_1}}},
    {"mod", 2, 1, value_mod, {{ONE, 1.0, 0}, {FUNCTION, 0.0, rule_mod_1}}},
    {"floordiv", 2, 0, value_floordiv, {{CONSTANT, 0x0.0p+0, 0}, {CONSTANT, 0x0.0p+0, 0}}},
    {"pow", 2, 1, value_pow, {{FUNCTION, 0.0, rule_pow_0}, {FUNCTION, 0.0, rule_pow_1}}},
    {"neg", 1, 0, value_neg, {{CONSTANT, (-0x1.0000000000000p+0), 0}}},
    {"abs", 1, 0, value_abs, {{FUNCTION, 0.0, rule_abs_0}}},
    {"exp", 1, 1, value_exp, {{FUNCTION, 0.0, rule_exp_0}}},
    {"expm1", 1, 1, value_expm1, {{FUNCTION, 0.0, rule_expm1_0}}},
    {"log", 1, 1, value_log, {{FUNCTION, 0.0, rule_log_0}}},
    {"log1p", 1, 1, value_log1p, {{FUNCTION, 0.0, rule_log1p_0}}},
    {"log2", 1, 1, value_log2, {{FUNCTION, 0.0, rule_log2_0}}},
    {"log10", 1, 1, value_log10, {{FUNCTION, 0.0, rule_log10_0}}},
    {"sqrt", 1, 1, value_sqrt, {{FUNCTION, 0.0, rule_sqrt_0}}},
    {"cbrt", 1, 1, value_cbrt, {{FUNCTION, 0.0, rule_cbrt_0}}},
    {"sin", 1, 1, value_sin, {{FUNCTION, 0.0, rule_sin_0}}},
    {"cos", 1, 1, value_cos, {{FUNCTION, 0.0, rule_cos_0}}},
    {"tan", 1, 1, value_tan, {{FUNCTION, 0.0, rule_tan_0}}},
    {"asin", 1, 1, value_asin, {{FUNCTION, 0.0, rule_asin_0}}},
    {"acos", 1, 1, value_acos, {{FUNCTION, 0.0, rule_acos_0}}},
    {"atan", 1, 0, value_atan, {{FUNCTION, 0.0, rule_atan_0}}},
    {"atan2", 2, 1, value_atan2, {{FUNCTION, 0.0, rule_atan2_0}, {FUNCTION, 0.0, rule_atan2_1}}},
    {"sinh", 1, 1, value_sinh, {{FUNCTION, 0.0, rule_sinh_0}}},
    {"cosh", 1, 1, value_cosh, {{FUNCTION, 0.0, rule_cosh_0}}},
    {"tanh", 1, 0, value_tanh, {{FUNCTION, 0.0, rule_tanh_0}}},
    {"asinh", 1, 0, value_asinh, {{FUNCTION, 0.0, rule_asinh_0}}},
    {"acosh", 1, 1, value_acosh, {{FUNCTION, 0.0, rule_acosh_0}}},
    {"atanh", 1, 1, value_atanh, {{FUNCTION, 0.0, rule_atanh_0}}},
    {"hypot", 2, 1, value_hypot, {{FUNCTION, 0.0, rule_hypot_0}, {FUNCTION, 0.0, rule_hypot_1}}},
    {"sigmoid", 1, 0, value_sigmoid, {{FUNCTION, 0.0, rule_sigmoid_0}}},
    {"relu", 1, 0, value_relu, {{FUNCTION, 0.0, rule_relu_0}}},
    {"leaky_relu", 2, 0, value_leaky_relu, {{FUNCTION, 0.0, rule_leaky_relu_0}, {FUNCTION, 0.0, rule_leaky_relu_1}}},
    {"elu", 2, 0, value_elu, {{FUNCTION, 0.0, rule_elu_0}, {FUNCTION, 0.0, rule_elu_1}}},
    {"silu", 1, 0, value_silu, {{FUNCTION, 0.0, rule_silu_0}}},
    {"gelu", 1, 0, value_gelu, {{FUNCTION, 0.0, rule_gelu_0}}},
    {"softplus", 1, 0, value_softplus, {{FUNCTION, 0.0, rule_softplus_0}}},
    {"erf", 1, 0, value_erf, {{FUNCTION, 0.0, rule_erf_0}}},
    {"step", 1, 0, value_step, {{CONSTANT, 0x0.0p+0, 0}}},
    {"sign", 1, 0, value_sign, {{CONSTANT, 0x0.0p+0, 0}}},
    {"floor", 1, 0, value_floor, {{CONSTANT, 0x0.0p+0, 0}}},
    {"ceil", 1, 0, value_ceil, {{CONSTANT, 0x0.0p+0, 0}}},
    {"round", 1, 0, value_round, {{CONSTANT, 0x0.0p+0, 0}}},
    {"trunc", 1, 0, value_trunc, {{CONSTANT, 0x0.0p+0, 0}}},
    {"equal", 2, 0, value_equal, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"greater", 2, 0, value_greater, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"fold_in", 2, 0, value_fold_in, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"strong_product", 2, 1, value_strong_product, {{FUNCTION, 0.0, rule_strong_product_0}, {FUNCTION, 0.0, rule_strong_product_1}}},
    {"div_slope", 2, 1, value_div_slope, {{FUNCTION, 0.0, rule_div_slope_0}, {FUNCTION, 0.0, rule_div_slope_1}}},
    {"div_bend", 2, 1, value_div_bend, {{FUNCTION, 0.0, rule_div_bend_0}, {FUNCTION, 0.0, rule_div_bend_1}}},
    {"power_slope", 2, 1, value_power_slope, {{FUNCTION, 0.0, rule_power_slope_0}, {FUNCTION, 0.0, rule_power_slope_1}}},
    {"power_bend", 2, 1, value_power_bend, {{FUNCTION, 0.0, rule_power_bend_0}, {FUNCTION, 0.0, rule_power_bend_1}}},
    {"power_mixed", 2, 1, value_power_mixed, {{FUNCTION, 0.0, rule_power_mixed_0}, {FUNCTION, 0.0, rule_power_mixed_1}}},
    {"power_log", 2, 1, value_power_log, {{FUNCTION, 0.0, rule_power_log_0}, {FUNCTION, 0.0, rule_power_log_1}}},
    {"power_log_square", 2, 1, value_power_log_square, {{FUNCTION, 0.0, rule_power_log_square_0}, {FUNCTION, 0.0, rule_power_log_square_1}}},
    {"cbrt_slope", 1, 1, value_cbrt_slope, {{FUNCTION, 0.0, rule_cbrt_slope_0}}},
    {"nonnegative", 1, 0, value_nonnegative, {{ONE, 1.0, 0}}},
    {"asin_slope", 1, 1, value_asin_slope, {{FUNCTION, 0.0, rule_asin_slope_0}}},
    {"acosh_slope", 1, 1, value_acosh_slope, {{FUNCTION, 0.0, rule_acosh_slope_0}}},
    {"atanh_slope", 1, 1, value_atanh_slope, {{FUNCTION, 0.0, rule_atanh_slope_0}}},
    {"unit", 2, 1, value_unit, {{FUNCTION, 0.0, rule_unit_0}, {FUNCTION, 0.0, rule_unit_1}}},
    {"inversion", 2, 1, value_inversion, {{FUNCTION, 0.0, rule_inversion_0}, {FUNCTION, 0.0, rule_inversion_1}}},
    {"unit_slope", 2, 1, value_unit_slope, {{FUNCTION, 0.0, rule_unit_slope_0}, {FUNCTION, 0.0, rule_unit_slope_1}}},
    {"unit_mixed", 2, 1, value_unit_mixed, {{FUNCTION, 0.0, rule_unit_mixed_0}, {FUNCTION, 0.0, rule_unit_mixed_1}}},
    {"inversion_slope", 2, 1, value_inversion_slope, {{FUNCTION, 0.0, rule_inversion_slope_0}, {FUNCTION, 0.0, rule_inversion_slope_1}}},
    {"inversion_mixed", 2, 1, value_inversion_mixed, {{FUNCTION, 0.0, rule_inversion_mixed_0}, {FUNCTION, 0.0, rule_inversion_mixed_1}}},
    {"sech2", 1, 0, value_sech2, {{FUNCTION, 0.0, rule_sech2_0}}},
    {"sigmoid_slope", 1, 0, value_sigmoid_slope, {{FUNCTION, 0.0, rule_sigmoid_slope_0}}},
    {"silu_slope", 1, 0, value_silu_slope, {{FUNCTION, 0.0, rule_silu_slope_0}}},
    {"silu_bend", 1, 0, value_silu_bend, {{FUNCTION, 0.0, rule_silu_bend_0}}},
    {"scaled_exp", 2, 1, value_scaled_exp, {{FUNCTION, 0.0, rule_scaled_exp_0}, {FUNCTION, 0.0, rule_scaled_exp_1}}},
    {"gelu_slope", 1, 0, value_gelu_slope, {{FUNCTION, 0.0, rule_gelu_slope_0}}},
    {"gauss", 1, 1, value_gauss, {{FUNCTION, 0.0, rule_gauss_0}}},
    {"normal_density", 1, 1, value_normal_density, {{FUNCTION, 0.0, rule_normal_density_0}}},
    {"normal_distribution", 1, 0, value_normal_distribution, {{FUNCTION, 0.0, rule_normal_distribution_0}}},
    {"exp_difference", 2, 1, value_exp_difference, {{FUNCTION, 0.0, rule_exp_difference_0}, {NOTHING, 0.0, 0}}},
    {"share", 2, 1, value_share, {{FUNCTION, 0.0, rule_share_0}, {FUNCTION, 0.0, rule_share_1}}},
    {"identity", 1, 0, value_identity, {{ONE, 1.0, 0}}},
    {"fixed", 1, 0, value_fixed, {{NOTHING, 0.0, 0}}},
    {"less", 2, 0, value_less, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"at_most", 2, 0, value_at_most, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"same", 2, 0, value_same, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"copysign", 2, 0, value_copysign, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"fmod", 2, 0, value_fmod, {{NOTHING, 0.0, 0}, {NOTHING, 0.0, 0}}},
    {"erfc", 1, 0, value_erfc, {{NOTHING, 0.0, 0}}},
    {"root", 1, 0, value_root, {{NOTHING, 0.0, 0}}},
};

enum row_number {
    ROW_add,
    ROW_sub,
    ROW_mul,
    ROW_div,
    ROW_mod,
    ROW_floordiv,
    ROW_pow,
    ROW_neg,
    ROW_abs,
    ROW_exp,
    ROW_expm1,
    ROW_log,
    ROW_log1p,
    ROW_log2,
    ROW_log10,
    ROW_sqrt,
    ROW_cbrt,
    ROW_sin,
    ROW_cos,
    ROW_tan,
    ROW_asin,
    ROW_acos,
    ROW_atan,
    ROW_atan2,
    ROW_sinh,
    ROW_cosh,
    ROW_tanh,
    ROW_asinh,
    ROW_acosh,
    ROW_atanh,
    ROW_hypot,
    ROW_sigmoid,
    ROW_relu,
    ROW_leaky_relu,
    ROW_elu,
    ROW_silu,
    ROW_gelu,
    ROW_softplus,
    ROW_erf,
    ROW_step,
    ROW_sign,
    ROW_floor,
    ROW_ceil,
    ROW_round,
    ROW_trunc,
    ROW_equal,
    ROW_greater,
    ROW_fold_in,
    ROW_strong_product,
    ROW_div_slope,
    ROW_div_bend,
    ROW_power_slope,
    ROW_power_bend,
    ROW_power_mixed,
    ROW_power_log,
    ROW_power_log_square,
    ROW_cbrt_slope,
    ROW_nonnegative,
    ROW_asin_slope,
    ROW_acosh_slope,
    ROW_atanh_slope,
    ROW_unit,
    ROW_inversion,
    ROW_unit_slope,
    ROW_unit_mixed,
    ROW_inversion_slope,
    ROW_inversion_mixed,
    ROW_sech2,
    ROW_sigmoid_slope,
    ROW_silu_slope,
    ROW_silu_bend,
    ROW_scaled_exp,
    ROW_gelu_slope,
    ROW_gauss,
    ROW_normal_density,
    ROW_normal_distribution,
    ROW_exp_difference,
    ROW_share,
    ROW_identity,
    ROW_fixed,
    ROW_less,
    ROW_at_most,
    ROW_same,
    ROW_copysign,
    ROW_fmod,
    ROW_erfc,
    ROW_root,
    ROW_COUNT
};
