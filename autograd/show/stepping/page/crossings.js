
// --- the line where a function of the corners of a grid is 0, for contours and regions ---------

// Cell by cell: where it crosses the sides of a cell, as far along as 0 lies between the numbers at the ends.
const drawZeros = (columns, rows, f, draw) => {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
      const ends = corners.flatMap(([x, y], i) => {
        const [u, v] = corners[(i + 1) % 4];
        const [from, to] = [f(x, y), f(u, v)];
        if (from < 0 === to < 0 || !Number.isFinite(to - from)) return [];
        const share = from / (from - to);
        return [[x + share * (u - x), y + share * (v - y)]];
      });
      for (let i = 0; i + 1 < ends.length; i += 2) draw(ends[i], ends[i + 1]);
    }
};
