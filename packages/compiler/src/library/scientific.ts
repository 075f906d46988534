// The parts of numpy, pandas, scikit-learn and matplotlib whose behaviour is sure; everything else of them is not known.
// A series is taken for a data frame of one column: their methods do the same as far as dependences go.
import { all, type Pack } from './specification.js';

const ARRAY = { gives: 'fresh', type: 'numpy.ndarray' } as const;
const VIEW = { gives: 'alias', type: 'numpy.ndarray' } as const;
const DRAW = { gives: 'fresh', type: 'numpy.ndarray', effects: ['rng'] } as const;
const FRAME = { gives: 'fresh', type: 'pandas.DataFrame' } as const;
const FRAME_VIEW = { gives: 'alias', type: 'pandas.DataFrame' } as const;
const READ_FILE = { ...FRAME, effects: ['io'], readOnly: true } as const;
const FIGURE = 'matplotlib.pyplot';

const NUMPY: Pack = {
  ...all(
    'numpy',
    `array zeros ones empty full zeros_like ones_like empty_like full_like arange linspace logspace geomspace eye identity
    concatenate stack hstack vstack column_stack dstack tile repeat where select outer inner dot matmul vdot tensordot kron cross
    sin cos tan arcsin arccos arctan arctan2 sinh cosh tanh exp expm1 exp2 log log1p log2 log10 sqrt cbrt square abs absolute
    fabs sign floor ceil rint round around clip maximum minimum fmax fmin add subtract multiply divide true_divide power mod
    mean sum prod std var median percentile quantile average min max amin amax argmin argmax argsort sort cumsum cumprod diff
    gradient unique bincount histogram histogram2d digitize interp polyfit polyval isnan isfinite isinf all any allclose
    array_equal isclose count_nonzero nonzero argwhere searchsorted convolve correlate cov corrcoef trace meshgrid indices
    nan_to_num nanmean nansum nanstd nanmax nanmin roll flip fliplr flipud rot90 pad copy logical_and logical_or logical_not
    equal not_equal greater less greater_equal less_equal hypot radians degrees float32 float64 int32 int64 uint8 bool_`,
    ARRAY,
  ),
  ...all('numpy.linalg', 'norm inv pinv det eig eigh svd qr solve lstsq cholesky matrix_rank', ARRAY),
  ...all('numpy.fft', 'fft ifft rfft irfft fft2 ifft2 fftfreq', ARRAY),
  ...all(
    'numpy',
    'asarray ascontiguousarray reshape ravel squeeze transpose swapaxes moveaxis expand_dims atleast_1d atleast_2d broadcast_to split array_split',
    VIEW,
  ),
  ...all('numpy', 'copyto put place putmask fill_diagonal', { gives: 'immutable', changes: [0] }),
  ...all('numpy', 'load loadtxt genfromtxt fromfile', { ...ARRAY, effects: ['io'], readOnly: true }),
  ...all('numpy', 'save savez savez_compressed savetxt', { gives: 'immutable', effects: ['io'] }),
  'numpy.frombuffer': VIEW,
  ...all('numpy', 'seterr set_printoptions', { gives: 'immutable', effects: ['process'] }),
  'numpy.random.*': DRAW,
  'numpy.random.shuffle': { gives: 'immutable', changes: [0], effects: ['rng'] },
  ...all('numpy.random', 'default_rng Generator RandomState SeedSequence PCG64', {
    gives: 'fresh',
    type: 'numpy.random.Generator',
  }),
  'numpy.random.Generator.*': { ...ARRAY, changes: ['self'] },
  'numpy.random.Generator.shuffle': { gives: 'immutable', changes: ['self', 0] },
  ...all('numpy.ndarray', 'reshape ravel squeeze transpose swapaxes view', VIEW),
  ...all(
    'numpy.ndarray',
    'copy astype flatten sum mean std var min max argmin argmax argsort cumsum cumprod prod round dot all any nonzero clip repeat trace conj',
    ARRAY,
  ),
  ...all('numpy.ndarray', 'item tobytes', { gives: 'immutable' }),
  'numpy.ndarray.tolist': { gives: 'fresh', type: 'list' },
  ...all('numpy.ndarray', 'sort fill resize put partition', { gives: 'immutable', changes: ['self'] }),
};

const PANDAS: Pack = {
  ...all(
    'pandas',
    'read_csv read_json read_excel read_parquet read_table read_pickle read_feather',
    READ_FILE,
  ),
  ...all('pandas', 'concat merge get_dummies pivot_table crosstab', FRAME),
  ...all(
    'pandas',
    'to_datetime to_numeric date_range Timestamp Timedelta isna isnull notna cut qcut unique',
    { gives: 'fresh' },
  ),
  ...all('pandas', 'DataFrame', FRAME_VIEW),
  'pandas.Series': { gives: 'alias', type: 'pandas.DataFrame' },
  ...all('pandas.DataFrame', 'copy describe corr cov', FRAME),
  ...all(
    'pandas.DataFrame',
    'mean sum std var median min max count nunique quantile isna isnull notna value_counts',
    { gives: 'fresh', type: 'pandas.DataFrame' },
  ),
  ...all(
    'pandas.DataFrame',
    'head tail filter select_dtypes melt stack unstack transpose items iterrows itertuples',
    FRAME_VIEW,
  ),
  ...all(
    'pandas.DataFrame',
    'drop dropna fillna sort_values sort_index rename reset_index set_index drop_duplicates replace',
    {
      ...FRAME_VIEW,
      inPlaceBy: 'inplace',
    },
  ),
  ...all('pandas.DataFrame', 'apply map applymap agg aggregate transform pipe assign', {
    ...FRAME_VIEW,
    calls: 'all',
  }),
  ...all('pandas.GroupBy', 'apply agg aggregate transform filter', { ...FRAME_VIEW, calls: 'all' }),
  ...all('pandas.DataFrame', 'query eval', FRAME_VIEW),
  'pandas.DataFrame.info': { gives: 'immutable', effects: ['display'] },
  'pandas.DataFrame.groupby': { gives: 'alias', type: 'pandas.GroupBy' },
  ...all('pandas.GroupBy', 'mean sum count size std min max first last median', FRAME),
  ...all('pandas.DataFrame', 'to_csv to_json to_excel to_parquet to_pickle', {
    gives: 'immutable',
    effects: ['io'],
  }),
};

const ESTIMATORS: readonly (readonly [string, string])[] = [
  ['sklearn.linear_model', 'LinearRegression Ridge Lasso ElasticNet LogisticRegression'],
  ['sklearn.neighbors', 'KNeighborsClassifier KNeighborsRegressor NearestCentroid NearestNeighbors'],
  ['sklearn.naive_bayes', 'GaussianNB MultinomialNB BernoulliNB'],
  [
    'sklearn.preprocessing',
    'StandardScaler MinMaxScaler Normalizer OneHotEncoder LabelEncoder OrdinalEncoder PolynomialFeatures LabelBinarizer RobustScaler MaxAbsScaler Binarizer',
  ],
  ['sklearn.svm', 'SVC SVR'],
];
const RANDOM_ESTIMATORS: readonly (readonly [string, string])[] = [
  ['sklearn.cluster', 'KMeans MiniBatchKMeans'],
  [
    'sklearn.ensemble',
    'RandomForestClassifier RandomForestRegressor GradientBoostingClassifier GradientBoostingRegressor ExtraTreesClassifier',
  ],
  ['sklearn.tree', 'DecisionTreeClassifier DecisionTreeRegressor'],
  ['sklearn.decomposition', 'PCA NMF TruncatedSVD'],
  ['sklearn.linear_model', 'SGDClassifier SGDRegressor'],
  ['sklearn.svm', 'LinearSVC LinearSVR'],
  ['sklearn.neural_network', 'MLPClassifier MLPRegressor'],
];
const READS_MODEL =
  'predict predict_proba predict_log_proba decision_function transform inverse_transform score score_samples get_params apply kneighbors';

function estimatorMethods(type: string, random: boolean): Pack {
  const effects = random ? ({ effects: ['rng'], maybe: true } as const) : {};
  return {
    ...all(type, 'fit partial_fit', { gives: 'self', changes: ['self'], ...effects }),
    ...all(type, 'fit_transform fit_predict', { ...ARRAY, changes: ['self'], ...effects }),
    ...all(type, READS_MODEL, ARRAY),
  };
}

function estimators(list: readonly (readonly [string, string])[], type: string): Pack {
  const seeded = { seededBy: 'random_state', seededType: 'sklearn.Estimator' };
  return Object.assign(
    {},
    ...list.map(([module, names]) => all(module, names, { gives: 'fresh', type, ...seeded })),
  ) as Pack;
}

const SKLEARN: Pack = {
  ...estimators(ESTIMATORS, 'sklearn.Estimator'),
  ...estimators(RANDOM_ESTIMATORS, 'sklearn.RandomEstimator'),
  ...estimatorMethods('sklearn.Estimator', false),
  ...estimatorMethods('sklearn.RandomEstimator', true),
  ...all(
    'sklearn.datasets',
    'load_digits load_iris load_wine load_breast_cancer load_diabetes load_linnerud',
    { gives: 'fresh', type: 'sklearn.Bunch' },
  ),
  ...all('sklearn.datasets', 'make_classification make_regression make_blobs make_moons make_circles', {
    gives: 'fresh',
    type: 'tuple',
    effects: ['rng'],
    seededBy: 'random_state',
  }),
  'sklearn.model_selection.train_test_split': {
    gives: 'fresh',
    type: 'numpy.arrays',
    effects: ['rng'],
    seededBy: 'random_state',
  },
  ...all('sklearn.model_selection', 'KFold StratifiedKFold GroupKFold TimeSeriesSplit', {
    gives: 'fresh',
    type: 'sklearn.Splitter',
  }),
  'sklearn.Splitter.split': { gives: 'fresh', type: 'numpy.arrays', effects: ['rng'], maybe: true },
  'sklearn.Splitter.get_n_splits': { gives: 'immutable' },
  'sklearn.model_selection.ParameterGrid': { gives: 'shallow', type: 'list' },
  'sklearn.metrics.*': { gives: 'fresh', type: 'numpy.ndarray' },
};

const MATPLOTLIB: Pack = {
  [`${FIGURE}.*`]: { gives: 'fresh', type: 'matplotlib.Artist', effects: ['display'], module: FIGURE },
  'matplotlib.Artist.*': { gives: 'self', changes: ['self'], effects: ['display'], module: FIGURE },
  ...all('matplotlib.Artist', 'savefig', { gives: 'immutable', effects: ['io', 'display'], module: FIGURE }),
  [`${FIGURE}.savefig`]: { gives: 'immutable', effects: ['io', 'display'], module: FIGURE },
};

export const SCIENTIFIC: Pack = { ...NUMPY, ...PANDAS, ...SKLEARN, ...MATPLOTLIB };
