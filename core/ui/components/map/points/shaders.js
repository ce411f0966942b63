// What the graphics processor runs for each point, and for each of its pixels.

export const VERTEX = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in uint shade;
uniform vec2 middle;
uniform vec2 scale;    // of the map's units to the window from −1 to 1
uniform float size;    // pixels
uniform vec4 tone;     // what the colour is drawn towards, and how far
uniform float alpha;
uniform highp sampler2D palette;
out vec4 colour;
void main() {
  vec4 own = texelFetch(palette, ivec2(int(shade), 0), 0);
  colour = vec4(mix(own.rgb, tone.rgb, tone.a), alpha);
  gl_Position = own.a < 0.5 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4((place - middle) * scale, 0.0, 1.0);
  gl_PointSize = size;
}`

export const FRAGMENT = `#version 300 es
precision highp float; // as the other has it: a uniform of both is to be the same
in vec4 colour;
uniform float size;
uniform vec4 ring;     // the colour of its edge; none where it is transparent
out vec4 drawn;
void main() {
  if (size < 3.5) { // too small to be seen as round
    drawn = vec4(colour.rgb * colour.a, colour.a);
    return;
  }
  float away = length(gl_PointCoord - 0.5) * size;
  float cover = clamp(0.5 * size - away, 0.0, 1.0) * colour.a;
  if (cover <= 0.0) discard;
  float edge = ring.a * clamp(away - 0.5 * size + 2.25, 0.0, 1.0);
  drawn = vec4(mix(colour.rgb, ring.rgb, edge) * cover, cover);
}`
